/// What both ends agreed on for permessage-deflate (RFC 7692 section 7.1), besides that neither side ever takes its
/// context over from one message to the next.
public struct DeflateParameters: Sendable, Hashable {
    /// The server deflates with a window of 2 to the power of this many bytes or less, 8 to 15.
    public var serverWindowBits: Int
    /// The client deflates with a window of 2 to the power of this many bytes or less, 8 to 15.
    public var clientWindowBits: Int

    /// The given windows; 15 bits (32 KiB) is what deflate has at most.
    public init(serverWindowBits: Int = 15, clientWindowBits: Int = 15) {
        self.serverWindowBits = serverWindowBits
        self.clientWindowBits = clientWindowBits
    }
}
