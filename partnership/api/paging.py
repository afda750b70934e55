"""Pages of lists: number and size in, count and links out."""

from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """?page= and ?page_size= (at most 100)."""

    page_size = 50
    max_page_size = 100
    page_size_query_param = "page_size"
