"""The REST API's shared parts: one router, one error shape, one way to page, authenticate and parse."""
