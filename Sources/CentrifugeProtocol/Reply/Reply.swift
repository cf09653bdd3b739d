/// What a server sends: the answer to a command, or something of its own accord.
public enum Reply: Hashable, Sendable {
    /// The command `id` was not carried out.
    case error(id: UInt32, CommandError)
    /// What came of the command `id`.
    case result(id: UInt32, CommandResult)
    /// Something of the server's own accord. The channel is empty where it is about none.
    case push(channel: String, PushContent)
    /// The server is there, and wants to know whether the client is. The answer is ``Request/empty`` with the id 0.
    case ping
}
