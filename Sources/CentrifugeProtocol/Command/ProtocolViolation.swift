/// A frame is malformed. The connection ends with ``CentrifugeClose/badRequest``.
public struct ProtocolViolation: Error, Hashable {
    /// What is wrong, for logs. Nothing of the client's data is in it but names of fields that the protocol knows.
    public let reason: String

    init(_ reason: String) { self.reason = reason }
}
