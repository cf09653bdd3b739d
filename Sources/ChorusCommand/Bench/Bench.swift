import ArgumentParser
import ChorusClient

/// `chorus bench`: how fast an endpoint relays, what that costs the server, and whether anything is lost.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast a server relays messages, and whether it loses or reorders any.",
        discussion: """
            Opens connections to a WebSocket endpoint that relays what is published to all of its clients, such as \
            /ws/{topic} of Chorus or the chat of a tutorial. The first connections also publish numbered messages; \
            every connection checks that it gets all of them, once and in order. Whether publishers receive their own \
            messages is found out.

              chorus bench --connections 1000 --rate 100
              chorus bench --connections 1000 --topics 100 --duration 60 --json
              chorus bench --url wss://example.com/ws --header 'Authorization: Bearer X'
              chorus bench --publish-url http://127.0.0.1:8000/api/publish
              chorus bench --url ws://127.0.0.1:9000/ \\
                  --subscribe-message '{"join":"{topic}"}' \\
                  --publish-message '{"to":"{topic}","text":"{message}"}'

            With --rate the latency of a message counts from when it was due, so that a server which makes publishers \
            wait does not look better for it; without, the next message is sent as soon as one is acknowledged: it \
            has come back or, by HTTP, was answered.

            Exits with 0 if everything has arrived; with 1 if something was lost, repeated, out of order or cut off; \
            with 64 if it is asked for what makes no sense; with 69 if the server cannot be reached, does not relay, \
            or takes nothing any more; and with 77 if it does not let the client in or publish. Ctrl-C ends the run \
            with what was measured so far.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The endpoint: ws://, wss:// or ws+unix:/path/of/socket:/path, with {topic} for the topic's name. "
                + "http://host:port is /ws/{topic} there (default: the environment's CHORUS_URL, or "
                + "http://127.0.0.1:8000).",
            valueName: "url"
        )
    )
    var url: String?

    @Option(name: [.long, .customShort("n")], help: "How many connections receive.")
    var connections = BenchOptions().connections

    @Option(help: "How many connections are opened per second (default: as fast as the server takes them).")
    var connectRate: Double?

    @Option(help: "How many topics there are; connections and publishers are dealt out to them.")
    var topics = BenchOptions().topics

    @Option(help: "The topic, or what the names of several begin with.")
    var topic = BenchOptions().topic

    @Option(
        help: ArgumentHelp(
            "A header field of every handshake, and of every request to --publish-url. May be given several times.",
            valueName: "name: value"
        ),
        transform: { text in
            guard let colon = text.firstIndex(of: ":") else { throw ValidationError("--header is 'Name: value'.") }
            return (String(text[..<colon]), text[text.index(after: colon)...].trimmed)
        }
    )
    var header: [(String, String)] = []

    @Option(help: ArgumentHelp("What every connection sends first, with {topic}.", valueName: "text"))
    var subscribeMessage: String?

    @Option(help: "How many publish (default: one per topic); without --publish-url each is one of the connections.")
    var publishers: Int?

    @Option(
        help: ArgumentHelp(
            "Publish by POST to this URL, each publisher with one request after the other.",
            valueName: "url"
        )
    )
    var publishURL: String?

    @Option(
        help: ArgumentHelp(
            "What is sent to publish, with {message} and {topic}. The default is the message alone, and for "
                + "--publish-url what Chorus and Centrifugo take.",
            valueName: "text"
        )
    )
    var publishMessage: String?

    @OptionGroup var access: KeyOptions

    @Flag(help: "Publish in binary frames.")
    var binary = false

    @Option(help: "How many messages are published altogether.")
    var messages: Int?

    @Option(help: "For how many seconds messages are published (default: 10, or until --messages are).")
    var duration: Double?

    @Option(help: "For how many seconds messages are published first that do not count.")
    var warmUp = BenchOptions().warmUp

    @Option(help: "Bytes in each message, 64 to 16777216.")
    var size = BenchOptions().size

    @Option(help: "Messages per second, all publishers together (default: as fast as they are acknowledged).")
    var rate: Double?

    @Option(help: "Without --rate: messages of each publisher that are on their way at once (default: 16).")
    var inFlight: Int?

    @Option(
        name: .customLong("pid"),
        help: ArgumentHelp(
            "A process of the server, whose CPU time and memory are measured (default: those that listen at the "
                + "endpoint's address, if that is on this machine). May be given several times.",
            valueName: "process"
        )
    )
    var processes: [Int32] = []

    @Option(help: "Threads of the bench itself.")
    var eventLoops = BenchOptions().eventLoops

    @Flag(help: "Accept any certificate.")
    var insecure = false

    @Flag(help: "Print one line of JSON.")
    var json = false

    private var options: BenchOptions {
        var options = BenchOptions()
        options.url = endpoint
        options.topic = topic
        options.topics = topics
        options.connections = connections
        options.connectRate = connectRate
        options.headers = header.map { (name: $0.0, value: $0.1) }
        options.subscribeMessage = subscribeMessage
        options.publishers = publishers
        options.publishURL = publishURL
        options.publishMessage = publishMessage
        options.isBinary = binary
        options.messages = messages
        options.duration = duration
        options.warmUp = warmUp
        options.size = size
        options.rate = rate
        options.inFlight = inFlight
        options.serverProcesses = processes
        options.eventLoops = eventLoops
        options.isInsecure = insecure
        return options
    }

    /// Where the URL is one of HTTP: that of the server's topics.
    private var endpoint: String {
        let url = ServerOptions.url(url)
        return ServerOptions.isHTTP(url) ? "ws" + url.dropFirst(4) + "/ws/{topic}" : url
    }

    func validate() throws {
        if url == "" { throw ValidationError("--url: there is nothing in it.") }
        if let problem = options.problem { throw ValidationError(problem) }
    }

    func run() async throws {
        var options = options
        if publishURL != nil { options.apiKey = try access.key() }
        FileLimit.raise()
        // besides the connections it needs a few
        guard options.files < FileLimit.most - 16 else {
            let names = publishURL == nil ? "--connections" : "--connections, --publishers"
            let most = Figure.grouped(FileLimit.most)
            Console.say("\(names): this process may have \(most) files open, and a connection is one (ulimit -n)")
            throw ExitCode(Exit.usage)
        }
        Interruption.watch()
        let report: BenchReport
        do {
            let run = try await BenchRun(
                options,
                progress: Console.progress,
                isInterrupted: { Interruption.isRequested }
            )
            report = try await run.run()
        } catch {
            Console.say(error.benchSentence)
            throw ExitCode(error.benchExit)
        }
        Console.clearProgress()
        Console.print(json ? report.json : report.text)
        if let failure = report.failure { Console.say(failure.message) }
        if report.hasFaults { throw ExitCode(1) }
        if let failure = report.failure { throw ExitCode(failure.exit) }
    }
}

extension Error {
    fileprivate var benchSentence: String { (self as? APIClient.Failure)?.message ?? sentence }

    fileprivate var benchExit: Int32 {
        (self as? APIClient.Failure)?.exit ?? (self as? WebSocketClientError)?.exit ?? Exit.unavailable
    }
}
