public import ChorusCore
public import NIOCore

/// A client calls a procedure of the program.
public struct RPCRequest: Sendable {
    /// The procedure's name.
    public let method: String
    /// What it is called with, as the client has sent it: JSON in UTF-8, or whatever a Protobuf client has sent.
    public let data: ByteBuffer
    /// The client's session.
    public let session: SessionID
    /// Who it is; `nil` if nobody has said.
    public let user: String?

    /// What it is called with, as text; bytes that are not UTF-8 are replaced.
    public var text: String { String(buffer: data) }
}
