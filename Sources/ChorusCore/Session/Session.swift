package import NIOCore

/// The server's side of one connected client, whatever the transport.
///
/// A session belongs to one shard, is touched on that shard's thread only, and costs no task, timer or lock. What it
/// still has to receive from its topics is not queued anywhere: its subscriptions are cursors in the topics' logs.
public final class Session {
    /// Identifies the session within the process.
    public let id: SessionID
    /// When it began, in seconds since 1970.
    let openedAt = UInt32(clamping: WallClock.seconds)
    private var userSessions: UserSessions?
    /// What its topics' messages are encoded with, where a subscription has no variant of it.
    let encoding: ShardEncoding
    let shard: Shard
    private(set) var transport: (any Transport)?
    private(set) var subscriptions = Few<Subscription>()
    private(set) var outbox = Outbox()
    /// Where its items stand in the shard's ``Gathering``; -1 while it has none.
    var gatheredPlace: Int32 = -1
    /// Where it stands in its shard's list; -1 when it has left.
    var place: Int32 = -1
    /// Where its bytes go straight to, past the transport; `none` where they cannot.
    private(set) var socket: Socket
    /// Its client can be told of what it has missed; where it cannot, the session ends.
    let hearsNotices: Bool
    /// Its client is told who is there when a subscription begins.
    let hearsPresence: Bool
    /// It is told of joins and leaves alone: so also of its own.
    var hearsOfItself: Bool { hearsNotices && !hearsPresence }
    /// The transport still holds the rest of a frame: nothing is written until it is ready.
    var isBusy = false {
        didSet { if isBusy != oldValue { rostersChange() } }
    }
    /// What its topics have waits until its client has been told something first; how subscriptions begin is found out
    /// meanwhile.
    private(set) var isHeld = false {
        didSet { if isHeld != oldValue { rostersChange() } }
    }
    /// It stands in the shard's list of sessions that can go on.
    var isQueued = false
    /// It paused its own reading because its replies were not read.
    var isOutboxPressed = false

    init(
        id: SessionID,
        encoding: ShardEncoding,
        hearsNotices: Bool,
        hearsPresence: Bool,
        shard: Shard,
        transport: any Transport,
        socket: Socket
    ) {
        self.id = id
        self.hearsNotices = hearsNotices
        self.hearsPresence = hearsPresence
        self.encoding = encoding
        self.shard = shard
        self.transport = transport
        self.socket = socket
    }

    /// Who its client is; `nil` if nobody has said.
    package var user: String? { userSessions?.name }

    /// Says who its client is, where that is known only after it has connected. Once.
    package func identify(as user: String) {
        guard !isClosed, userSessions == nil else { return }
        userSessions = shard.enter(self, as: user)
    }

    /// Whether the session has ended.
    public var isClosed: Bool { transport == nil }

    /// The names of the topics that it follows.
    public var topics: [String] { subscriptions.map { $0.topic.topic.name } }

    /// Follows a topic, from now on or from a point in its past. Following it twice changes nothing.
    ///
    /// - Parameters:
    ///   - variant: which of its encoding's variants it receives there.
    ///   - user: as whom it is a member there; by default as itself.
    ///   - info: one JSON value that presence says of it.
    ///   - connectionInfo: one JSON value that presence says of its connection.
    ///   - visibility: what others learn of it there.
    package func subscribe(
        to topic: TopicReference,
        from point: StartingPoint = .now,
        variant: UInt8 = 0,
        as user: String? = nil,
        info: ByteBuffer? = nil,
        connectionInfo: ByteBuffer? = nil,
        visibility: Visibility = .told
    ) {
        guard !isClosed else { return }
        func member() -> Member? {
            guard visibility != .hidden else { return nil }
            return Member(
                id: id.description,
                user: user ?? self.user,
                info: info,
                connectionInfo: connectionInfo,
                isQuiet: visibility == .quiet
            )
        }
        shard.join(self, topic, from: point, variant: variant, member)
    }

    /// No longer follows a topic. Returns whether it did.
    @discardableResult
    package func unsubscribe(from name: String) -> Bool {
        guard let index = subscriptions.firstIndex(where: { $0.topic.topic.name == name }) else { return false }
        shard.leave(subscriptions.remove(at: index))
        if subscriptions.count == 1 { rostersChange() }
        return true
    }

    /// Notes a subscription that the shard has made.
    func add(_ subscription: Subscription) {
        subscriptions.append(subscription)
        if subscriptions.count == 2 { rostersChange() }
    }

    /// A message for this client alone, in its wire format.
    package func frame(_ message: Message) -> ByteBuffer { encoding.frame(message) }

    /// Sends complete frames to this client alone, ahead of what its topics have for it.
    ///
    /// - Parameters:
    ///   - frames: the bytes, in the client's wire format.
    ///   - isReply: they answer what the client sent. Replies are bounded by not reading from the client: when this
    ///     returns `false`, stop reading until ``Transport/resumeReading()``. Anything else beyond the ``OutboxLimits``
    ///     ends the session, if its transport does not take it at once.
    /// - Returns: whether there is room for more.
    @discardableResult
    package func send(_ frames: ByteBuffer, isReply: Bool) -> Bool {
        guard !isClosed else { return true }
        let wasEmpty = outbox.isEmpty
        outbox.append(frames)
        if wasEmpty { rostersChange() }
        shard.enqueue(self)
        guard outbox.isOverfull(shard.outboxLimits) else { return true }
        if isReply {
            isOutboxPressed = true
        } else if !outbox.isOverflowing {
            outbox.isOverflowing = true
            shard.end(self, .outboxOverflow)
        }
        return false
    }

    /// Holds back what its topics have until ``release()``. What it alone is sent goes out.
    package func hold() { isHeld = true }

    /// What its topics have goes on, behind what it was sent meanwhile.
    package func release() {
        guard isHeld else { return }
        isHeld = false
        if !isClosed { shard.enqueue(self) }
    }

    /// Tells the session that its transport has written what it kept.
    public func transportIsReady() {
        guard !isClosed, isBusy else { return }
        isBusy = false
        shard.enqueue(self)
    }

    /// Ends the session: it leaves its topics and lets go of its transport. Calling it again does nothing.
    public func close() {
        guard !isClosed else { return }
        transport = nil
        outbox = Outbox()
        socketIsGone()
        shard.remove(self)
        for subscription in subscriptions { shard.leave(subscription) }
        subscriptions.removeAll()
    }
}

// MARK: Straight to the socket

extension Session {
    /// The socket, as long as what its topics have may go there: nothing is to be written before.
    var liveSocket: Socket { isBusy || isHeld || !outbox.isEmpty ? .none : socket }

    /// Nothing more is written to the socket, whose number may be another's from now on; the transport is still asked.
    /// Its owner calls this before anything else of the shard runs.
    package func socketIsGone() {
        socket = .none
        rostersChange()
    }

    /// Takes the next reply out, to be written.
    func takeReply() -> ByteBuffer {
        defer { if outbox.isEmpty { rostersChange() } }
        return outbox.removeFirst()
    }

    /// What the rosters of its topics say of it may have changed.
    private func rostersChange() {
        for subscription in subscriptions { subscription.topic.entryChanged(of: subscription) }
    }
}
