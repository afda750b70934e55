"""Somebody's dates as a calendar feed after RFC 5545, made anew at each call from what the person may see then."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Alarm, Calendar, Event

from partnership.access.actor import Actor
from partnership.registry import DATES, Date

EVERY = timedelta(hours=6)  # how often calendars are asked to look again


def feed(actor: Actor, at: datetime) -> bytes:
    """All dates of a person. Titles name references and no content, since other services keep them."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PORTAL_NAME}//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", settings.PORTAL_NAME)
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    for source in DATES:
        for date in source(actor):
            calendar.add_component(_event(date, at))
    return calendar.to_ical()


def _event(date: Date, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{date.key}@{urlsplit(settings.PORTAL_ORIGIN).hostname}")
    event.add("dtstamp", at)
    event.add("dtstart", date.start)
    event.add("summary", date.title)
    event.add("url", settings.PORTAL_ORIGIN + date.url)
    event.add("status", date.status)
    if not isinstance(date.start, datetime):
        event.add("transp", "TRANSPARENT")  # a day to keep does not make anybody busy
    for days in sorted(date.days_before):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", date.title)
        alarm.add("trigger", timedelta(days=-days))
        event.add_component(alarm)
    return event
