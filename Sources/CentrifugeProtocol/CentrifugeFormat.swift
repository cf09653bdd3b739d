/// How commands and replies are written on a connection of the Centrifuge client protocol (version 2).
public enum CentrifugeFormat: Hashable, Sendable {
    /// One JSON object a line, in text messages. Payloads stand in it as the JSON values that they are.
    case json
    /// Protobuf messages, each behind its length as a varint, in binary messages. Payloads are any bytes.
    case protobuf
}
