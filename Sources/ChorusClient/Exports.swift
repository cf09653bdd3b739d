/// A program that uses the client also uses its messages and close codes.
@_exported public import WebSocketWire
