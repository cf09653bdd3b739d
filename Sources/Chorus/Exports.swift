// A program that imports Chorus publishes messages, names topics, says how long they are kept, and compares close codes.
@_exported public import ChorusCore

@_exported public import struct NIOCore.TimeAmount
@_exported public import enum WebSocketWire.OriginPolicy
@_exported public import struct WebSocketWire.WebSocketCloseCode
