/// What `chorus bench` is asked to do.
package struct BenchOptions: Sendable {
    /// An endpoint that relays what is published to everybody who has connected to it; `{topic}` is a topic's name.
    package var url = "ws://127.0.0.1:8000/ws/{topic}"
    /// The topic's name, or with several ones what their names begin with.
    package var topic = "bench"
    /// How many topics there are. Connections and publishers are dealt out to them like cards.
    package var topics = 1
    /// How many connections receive. Over WebSocket the first ones of them also publish.
    package var connections = 100
    /// Connections opened per second, all event loops together; nil for as fast as the server takes them.
    package var connectRate: Double?
    /// Further header fields of every handshake, and of every request that publishes.
    package var headers: [(name: String, value: String)] = []
    /// What every connection sends first; nil for nothing. `{topic}` is the topic's name.
    package var subscribeMessage: String?

    /// How many publish; nil for one per topic.
    package var publishers: Int?
    /// Where is published by HTTP, each publisher with one request after the other; nil for over WebSocket.
    package var publishURL: String?
    /// The key that is shown there, as `X-API-Key`; nil for none.
    package var apiKey: String?
    /// What is sent to publish: `{message}` is the message, `{topic}` the topic's name. nil for the message alone or,
    /// by HTTP, what Chorus and Centrifugo take.
    package var publishMessage: String?
    /// Whether is published in binary frames.
    package var isBinary = false

    /// How many messages are published altogether; nil for as many as fit into the duration.
    package var messages: Int?
    /// In seconds, how long messages are published; nil for no bound when `messages` is one.
    package var duration: Double?
    /// In seconds, how long messages are published before anything is measured.
    package var warmUp = 0.0
    /// In bytes, of each message.
    package var size = 128
    /// Messages per second, all publishers together; nil for as fast as they are acknowledged.
    package var rate: Double?
    /// Without a rate, over WebSocket: how many messages of each publisher are on their way at once.
    package var inFlight: Int?

    /// The processes of the server; none for whoever listens at the address, if that is this machine.
    package var serverProcesses: [Int32] = []
    /// How many threads the bench itself uses.
    package var eventLoops = 1
    /// Whether to accept any certificate.
    package var isInsecure = false
    /// In seconds without one more open connection, after which those that are missing are given up.
    package var openLimit = 30.0
    /// In seconds without one more connection that receives, after which the endpoint counts as one that does not
    /// relay.
    package var readyLimit = 10.0
    /// In seconds without a delivery, after which what is missing counts as lost.
    package var quietLimit = 3.0

    /// The defaults; every property can be changed afterwards.
    package init() {}

    /// How many publish.
    package var publisherCount: Int { publishers ?? topics }
    /// Without a rate: how many messages of each publisher are on their way at once.
    package var window: Int { publishURL == nil ? inFlight ?? 16 : 1 }

    /// The name of topic `index`.
    func topicName(_ index: Int) -> String { topics == 1 ? topic : "\(topic)-\(index + 1)" }

    /// How many connections follow topic `index`.
    func members(ofTopic index: Int) -> Int { Self.share(of: connections, among: topics, index) }

    /// What is sent to publish, with `{message}` and maybe `{topic}` in it.
    var publishTemplate: String {
        publishMessage ?? (publishURL == nil ? "{message}" : #"{"channel":"{topic}","data":"{message}"}"#)
    }

    /// How many files it has open for its connections, those that publish by HTTP among them.
    var files: Int { connections + (publishURL == nil ? 0 : publisherCount) }

    /// The share of one of `count`, so that the shares make up the whole.
    static func share(of whole: Int, among count: Int, _ index: Int) -> Int {
        whole / count + (index < whole % count ? 1 : 0)
    }
}

extension String {
    /// A URL for people: without its query, which may have a key in it.
    var withoutQuery: String { String(prefix { $0 != "?" }) }
}
