/// What the topics of one namespace have in common.
public struct Namespace: Sendable {
    /// The part of the topics' names before the first `:`, or the name of a topic that has none.
    public var name: String
    /// How far a reader may be behind. Default 16,384 messages, 2 MiB.
    public var window: Window
    /// What happens to a reader that is behind. Default ``OverflowPolicy/disconnect``.
    public var overflow: OverflowPolicy
    /// What is kept for those who come late or come back. Default nothing.
    public var history: History?
    /// Whether publishers are slowed down while readers are behind by more than half the window. Default yes. Without, a
    /// reader is the sooner out of the window. While an event loop is behind by the whole window they wait all the same.
    public var slowsPublishers: Bool

    /// Makes a namespace.
    public init(
        _ name: String,
        window: Window = Window(),
        overflow: OverflowPolicy = .disconnect,
        history: History? = nil,
        slowsPublishers: Bool = true
    ) {
        self.name = name
        self.window = window
        self.overflow = overflow
        self.history = history
        self.slowsPublishers = slowsPublishers
    }
}
