"""The ground floor: people, organizations, and the services that every upper app uses."""
