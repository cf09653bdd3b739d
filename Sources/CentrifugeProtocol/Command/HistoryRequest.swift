/// What a client wants to know of a channel's past.
public struct HistoryRequest: Hashable, Sendable {
    /// The channel's name.
    public var channel: String
    /// How many publications at most: 0 for none, only the position; negative for as many as the server gives.
    public var limit: Int32
    /// Behind which publication to begin (in reverse: before which); `nil` for the oldest, in reverse the newest.
    public var since: StreamPosition?
    /// Whether the newest comes first.
    public var reverse: Bool

    /// A request with these fields; what is left out is as if the client had not sent it.
    public init(channel: String = "", limit: Int32 = 0, since: StreamPosition? = nil, reverse: Bool = false) {
        self.channel = channel
        self.limit = limit
        self.since = since
        self.reverse = reverse
    }
}
