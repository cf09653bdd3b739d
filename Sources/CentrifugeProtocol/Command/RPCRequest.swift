public import NIOCore

/// A call of a procedure of the server's program.
public struct RPCRequest: Hashable, Sendable {
    /// The procedure's name; may be empty.
    public var method: String
    /// What it is called with; empty where the command had none.
    public var data: ByteBuffer

    /// A request with these fields; what is left out is as if the client had not sent it.
    public init(method: String = "", data: ByteBuffer = ByteBuffer()) {
        self.method = method
        self.data = data
    }
}
