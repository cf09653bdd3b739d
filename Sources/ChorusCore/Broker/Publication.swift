/// A message on its way to a broker.
public struct Publication: Sendable {
    /// What is published. Its position is the broker's to give.
    public var message: Message
    /// Where.
    public var topic: TopicName
    /// What the topic keeps; `nil` for nothing.
    public var history: History?
    /// What is to be done besides.
    public var options: PublishOptions

    /// Makes a publication.
    public init(
        _ message: Message,
        to topic: TopicName,
        history: History? = nil,
        options: PublishOptions = PublishOptions()
    ) {
        self.message = message
        self.topic = topic
        self.history = history
        self.options = options
    }
}
