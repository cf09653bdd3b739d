import ChorusClient

/// What `chorus bench` is asked to do.
package struct BenchOptions: Sendable {
    /// An endpoint that relays what is published to everybody, the publisher included.
    package var url = "ws://127.0.0.1:8000/ws/bench"
    /// How many connections receive. The first ones of them also publish.
    package var connections = 100
    /// How many of them publish.
    package var publishers = 1
    /// How many messages are published altogether; nil for as many as fit into the duration.
    package var messages: Int?
    /// In seconds, how long messages are published; nil for no bound when `messages` is one.
    package var duration: Double?
    /// In bytes, of each message.
    package var size = 128
    /// Messages per second, all publishers together; nil for as fast as they come back.
    package var rate: Double?
    /// Without a rate: how many messages of each publisher are on their way at once.
    package var inFlight = 16
    /// How many threads the bench itself uses.
    package var eventLoops = 1
    /// Whether to accept any certificate of a `wss` server.
    package var isInsecure = false
    /// In seconds, for all connections to be open.
    package var openLimit = 30.0
    /// In seconds, for all open connections to receive something.
    package var readyLimit = 10.0
    /// In seconds without a delivery, after which what is missing counts as lost.
    package var quietLimit = 3.0

    /// The defaults; every property can be changed afterwards.
    package init() {}

    /// What is wrong with the options, in one sentence; nil if nothing is.
    package var problem: String? {
        if connections < 1 { return "There has to be a connection." }
        if publishers < 1 || publishers > connections { return "There are 1 to as many publishers as connections." }
        if size < BenchMessage.minimumSize || size > 1 << 24 {
            return "A message has \(BenchMessage.minimumSize) bytes to 16 MiB, because a number and a time are in it."
        }
        if let messages, messages < 1 { return "There has to be a message." }
        if let duration, !(duration > 0 && duration <= 86_400) {
            return "The duration is more than 0 s and at most a day."
        }
        if let rate, !(rate > 0 && rate <= 1e8) { return "The rate is more than 0 and at most 100,000,000 per second." }
        if inFlight < 1 { return "There has to be a message in flight." }
        if eventLoops < 1 { return "There has to be an event loop." }
        return nil
    }

    /// The share of publisher `index`, so that the shares make up the whole.
    func messages(ofPublisher index: Int) -> UInt64 {
        guard let messages else { return .max }
        return UInt64(messages / publishers + (index < messages % publishers ? 1 : 0))
    }

    /// How long is published at most, in seconds.
    var publishTime: Double {
        duration ?? (messages == nil ? 10 : .infinity)
    }
}
