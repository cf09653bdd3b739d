// A program that imports Chorus publishes messages, names topics and compares close codes.
@_exported public import ChorusCore

@_exported public import enum WebSocketWire.OriginPolicy
@_exported public import struct WebSocketWire.WebSocketCloseCode
