/// What the topics of one namespace have in common.
public struct Namespace: Sendable {
    /// The part of the topics' names before the first `:`.
    public var name: String
    /// How far a reader may be behind. Default 16,384 messages, 2 MiB.
    public var window: Window
    /// What happens to a reader that is behind. Default ``OverflowPolicy/disconnect``.
    public var overflow: OverflowPolicy

    /// Makes a namespace.
    public init(_ name: String, window: Window = Window(), overflow: OverflowPolicy = .disconnect) {
        self.name = name
        self.window = window
        self.overflow = overflow
    }
}
