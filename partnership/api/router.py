"""The one router; each app's api.py adds its resources to it."""

from rest_framework.routers import SimpleRouter

router = SimpleRouter(trailing_slash=False)
