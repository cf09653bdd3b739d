/// What the topics of one namespace have in common.
///
/// ```swift
/// let hub = Hub(configuration: .init(namespaces: [
///     Namespace("chat", history: .last(50, for: .hours(24)), presence: true),
///     Namespace("ticker", latest: Latest(keys: 500), overflow: .latest, publishers: .server),
/// ]))
/// ```
public struct Namespace: Sendable {
    /// The part of the topics' names before the first `:`, or the name of a topic that has none. Empty for the one of
    /// all other topics.
    public var name: String
    /// What is kept for those who come late or come back. Default nothing.
    public var history: History?
    /// Whether clients may begin in the past by themselves. Default ``RecoveryPolicy/forced``.
    public var recovery: RecoveryPolicy
    /// What clients of the Centrifuge protocol recover. Default `nil`: everything where there is a history, otherwise
    /// the newest messages (``latest``).
    public var recoveryMode: RecoveryMode?
    /// Of how many keys the newest message is kept, for those who come late (``StartingPoint/latest``) and, with
    /// ``OverflowPolicy/latest``, for those who are behind. Default none for those who come late.
    public var latest: Latest?
    /// Whether it is known who is subscribed, and told. Default no.
    public var presence: PresenceOptions
    /// How far a reader may be behind. Default 16,384 messages, 2 MiB.
    public var window: Window
    /// What happens to a reader that is behind. Default ``OverflowPolicy/disconnect``.
    public var overflow: OverflowPolicy
    /// Whether publishers are slowed down while readers are behind by more than half the window. Default yes. Without,
    /// a reader is the sooner out of the window. While an event loop is behind by the whole window they wait all the
    /// same.
    public var slowsPublishers: Bool
    /// Which clients may publish by themselves. Default ``Access/anyone``.
    public var publishers: Access
    /// Which clients may subscribe by themselves. Default ``Access/anyone``.
    public var subscribers: Access
    /// Whether subscribers are told which client has published a message (``Message/from``). Default `nil`: where they
    /// are told who is present.
    public var tellsPublishers: Bool?
    /// What the payloads of clients must be. Default ``PayloadRule/any``.
    public var payload: PayloadRule
    /// The largest payload in bytes; a larger message is not published. Default as large as clients may send.
    public var messageSize: Int?

    /// Makes a namespace; everything has a default.
    public init(
        _ name: String = "",
        history: History? = nil,
        recovery: RecoveryPolicy = .forced,
        recoveryMode: RecoveryMode? = nil,
        latest: Latest? = nil,
        presence: PresenceOptions = false,
        window: Window = Window(),
        overflow: OverflowPolicy = .disconnect,
        slowsPublishers: Bool = true,
        publishers: Access = .anyone,
        subscribers: Access = .anyone,
        tellsPublishers: Bool? = nil,
        payload: PayloadRule = .any,
        messageSize: Int? = nil
    ) {
        self.name = name
        self.history = history
        self.recovery = recovery
        self.recoveryMode = recoveryMode
        self.latest = latest
        self.presence = presence
        self.window = window
        self.overflow = overflow
        self.slowsPublishers = slowsPublishers
        self.publishers = publishers
        self.subscribers = subscribers
        self.tellsPublishers = tellsPublishers
        self.payload = payload
        self.messageSize = messageSize.map { max(1, $0) }
    }

    /// Whether clients recover the newest message of every key.
    package var recoversLatest: Bool {
        latest != nil && (recoveryMode ?? (history == nil ? .latest : .stream)) == .latest
    }

    /// What a broker keeps of a topic: history and newest values; `nil` for nothing.
    package var kept: History? {
        guard let latest else { return history }
        var kept = history ?? .nothing
        kept.latest = latest
        return kept
    }
}
