"""Addresses of this floor's pages."""

from django.urls import path

from councils.views import action_items, councils, dashboards, decisions, meetings

app_name = "councils"
urlpatterns = [
    path("", councils.CouncilList.as_view(), name="council-list"),
    path("new", councils.CouncilNew.as_view(), name="council-new"),
    path("actions/", action_items.ActionList.as_view(), name="action-list"),
    path("actions/<uuid:pk>", action_items.ActionDetail.as_view(), name="action-detail"),
    path("meetings/", meetings.MeetingList.as_view(), name="meeting-list"),
    path("meetings/<uuid:pk>", meetings.MeetingDetail.as_view(), name="meeting-detail"),
    path("meetings/<uuid:pk>/agenda/new", meetings.ItemNew.as_view(), name="item-new"),
    path("meetings/<uuid:pk>/announce", meetings.Announce.as_view(), name="announce"),
    path("meetings/<uuid:pk>/cancel", meetings.MeetingCancel.as_view(), name="meeting-cancel"),
    path("meetings/<uuid:pk>/open", meetings.MeetingOpen.as_view(), name="meeting-open"),
    path("meetings/<uuid:pk>/close", meetings.MeetingClose.as_view(), name="meeting-close"),
    path("meetings/<uuid:pk>/minutes", meetings.MinutesPage.as_view(), name="minutes"),
    path("meetings/<uuid:pk>/actions/new", action_items.ActionNew.as_view(), name="action-new"),
    path("meetings/<uuid:pk>/roll/<uuid:occupancy>", meetings.RollCall.as_view(), name="roll-call"),
    path("agenda/<uuid:pk>/motion", decisions.MotionNew.as_view(), name="motion-new"),
    path("agenda/<uuid:pk>/recusal", decisions.Recuse.as_view(), name="recuse"),
    path("decisions/<uuid:pk>", decisions.DecisionDetail.as_view(), name="decision-detail"),
    path("occupancies/<uuid:pk>/vacate", councils.Vacate.as_view(), name="vacate"),
    path("<uuid:pk>", councils.CouncilDetail.as_view(), name="council-detail"),
    path("<uuid:pk>/dashboard", dashboards.Dashboard.as_view(), name="dashboard"),
    path("<uuid:pk>/charters/new", councils.CharterNew.as_view(), name="charter-new"),
    path("<uuid:pk>/seats/new", councils.SeatNew.as_view(), name="seat-new"),
    path("<uuid:pk>/appoint", councils.Appoint.as_view(), name="appoint"),
    path("<uuid:pk>/meetings/new", meetings.MeetingNew.as_view(), name="meeting-new"),
]
