public import NIOCore

/// The way from a session to its client, whatever the protocol. Called on the session's shard only.
///
/// Every method may call back: end the session, send it something, let it follow or leave topics.
public protocol Transport: AnyObject {
    /// Hands `pieces`, `size` bytes together, to the client now. Not called as long as the session has the client's
    /// socket, and writes there itself.
    ///
    /// The bytes are valid during the call only. A transport that takes a part of them, for whatever reason, keeps
    /// nothing of the rest. Never called while the transport keeps something, and never with nothing.
    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, size: Int) -> Written

    /// The socket that the session was given is broken. Called during a write, so the session ends later.
    func socketFailed()

    /// Queues the rest of what was cut, or one whole frame, and calls ``Session/transportIsReady()`` when it has gone,
    /// which may be before this returns. Never called again before that.
    func writeLater(_ bytes: ByteBuffer)

    /// The session's replies have been written; a transport that stopped reading for that goes on.
    func resumeReading()

    /// Tells the client how a subscription has begun, or that something of it is lost. What it sends for that goes out
    /// before what the topic has for the client. Not called for the beginning where the client hears no notices and
    /// begins with what is published from now on.
    func subscriptionBegan(_ topic: String, _ start: SubscriptionStart)

    /// The program wants the client to follow a topic, in whose past it may begin. Returns whether it does: not where it
    /// does already, and not where its protocol cannot say so.
    func follow(_ topic: TopicName, _ terms: FollowTerms) -> Bool

    /// The program says anew how long the connection may last, and what is said of it.
    ///
    /// - Parameters:
    ///   - time: in seconds since 1970; `nil` for as long as it likes.
    ///   - info: one JSON value; `nil` for what was said before.
    func refresh(until time: Int64?, info: ByteBuffer?)

    /// Tells the client that the program has taken it out of a topic.
    func subscriptionEnded(_ topic: String)

    /// Ends the connection because its session broke a bound of Chorus, or the program wants it; tells the client why
    /// where the protocol can. The session has been closed, or is as soon as this returns.
    func end(_ reason: SessionEnd)

    /// What is known of the way, for those who list connections; `nil` for nothing, which is the default.
    var info: TransportInfo? { get }
}

extension Transport {
    /// Nothing.
    public var info: TransportInfo? { nil }
}

extension Transport {
    /// Its protocol cannot say so.
    public func follow(_ topic: TopicName, _ terms: FollowTerms) -> Bool { false }

    /// It lasts as long as it likes.
    public func refresh(until time: Int64?, info: ByteBuffer?) {}
}

/// What became of a write.
public enum Written: Hashable, Sendable {
    /// The client's socket took this many bytes, possibly all or none.
    case taken(Int)
    /// The transport keeps all of it and calls ``Session/transportIsReady()`` later, when it has gone; if it has gone
    /// before the call returns, the answer is `taken`.
    case queued
    /// The connection is gone: nothing more is written. Whoever owns the session closes it.
    case gone
}

/// Why Chorus ends a session.
public enum SessionEnd: Hashable, Sendable {
    /// A subscription fell behind by more than its topic's window. After this position it can go on; `nil` where that
    /// is not known, or where nothing is kept.
    case overflow(Position?)
    /// What the session alone was sent has not been read, beyond the ``OutboxLimits``.
    case outboxOverflow
    /// What a subscription wanted of the past is not there any more, and the client has no other way to be told. What
    /// is published after this position it could have; `nil` in a topic without history.
    case unrecoverable(Position?)
    /// The past that a subscription wanted cannot be read now; later it may be.
    case unavailable
    /// The program wants it, for this reason; with this close code, or the protocol's own for that.
    case disconnected(String, code: UInt16? = nil)
}
