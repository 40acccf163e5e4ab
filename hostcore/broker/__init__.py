"""An MQTT broker: the connection to it, the topics of a node, and the messages on them."""
