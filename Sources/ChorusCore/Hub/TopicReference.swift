/// A topic, by its name or itself.
package enum TopicReference: Sendable {
    /// Looked up in the hub's table, and made if it is not there.
    case named(TopicName)
    /// One that stands in no table, as the hub's own.
    case fixed(LiveTopic)
}
