/// What a topic takes from clients that publish by themselves.
public enum PayloadRule: Hashable, Sendable {
    /// Text and binary, as they come.
    case any
    /// Texts that are one JSON value (RFC 8259), at most 128 arrays and objects deep. Subscribers get the value without
    /// white space between its parts: objects in envelopes are objects, and a JSON string is a text.
    case json
}
