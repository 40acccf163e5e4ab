"""The first frame of a screen, before there is a host: the frame of the app, whose panes say that they are starting."""
