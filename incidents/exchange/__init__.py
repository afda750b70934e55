"""Pure translation between what others write and what the portal stores: indicators, VERIS, files. No database."""
