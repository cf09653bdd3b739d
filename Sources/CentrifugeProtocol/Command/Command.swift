/// What a client sends.
public struct Command: Hashable, Sendable {
    /// The number that the reply repeats. 0 where no reply is wanted: a ``Request/send(_:)``, or a pong.
    public var id: UInt32
    /// What is asked for.
    public var request: Request

    /// A command as it would be read from a frame.
    public init(id: UInt32, request: Request) {
        self.id = id
        self.request = request
    }
}
