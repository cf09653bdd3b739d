import ArgumentParser
import ChorusClient

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `chorus bench`: how fast an endpoint relays, and whether it loses anything.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures how fast a server relays messages, and whether it loses or reorders any.",
        discussion: """
            Opens connections to an endpoint that relays what is published to all of its clients, the publisher
            included, such as /ws and /ws/{topic} of Chorus. The first connections also publish numbered messages;
            every connection checks that it gets all of them in order.

              chorus bench --connections 1000 --rate 100
              chorus bench --url wss://example.com/ws/bench --messages 10000 --json

            Exits with 0 if that is so, with 1 if something was lost, out of order or cut off, and with 69 if the
            server cannot be reached or does not relay. Ctrl-C ends the run with what was measured so far.
            """
    )

    @Option(help: "The endpoint: ws://, wss:// or ws+unix:/path/of/socket:/path.")
    var url = BenchOptions().url

    @Option(name: [.long, .customShort("n")], help: "How many connections receive.")
    var connections = BenchOptions().connections

    @Option(help: "How many of the connections also publish.")
    var publishers = BenchOptions().publishers

    @Option(help: "How many messages are published altogether.")
    var messages: Int?

    @Option(help: "For how many seconds messages are published (default: 10, or until --messages are).")
    var duration: Double?

    @Option(help: "Bytes in each message, 56 to 16777216.")
    var size = BenchOptions().size

    @Option(help: "Messages per second, all publishers together (default: as fast as they come back).")
    var rate: Double?

    @Option(help: "Without --rate: messages of each publisher that are on their way at once.")
    var inFlight = BenchOptions().inFlight

    @Option(help: "Threads of the bench itself.")
    var eventLoops = BenchOptions().eventLoops

    @Flag(help: "Accept any certificate.")
    var insecure = false

    @Flag(help: "Print one line of JSON.")
    var json = false

    private var options: BenchOptions {
        var options = BenchOptions()
        options.url = url
        options.connections = connections
        options.publishers = publishers
        options.messages = messages
        options.duration = duration
        options.size = size
        options.rate = rate
        options.inFlight = inFlight
        options.eventLoops = eventLoops
        options.isInsecure = insecure
        return options
    }

    func validate() throws {
        if let problem = options.problem { throw ValidationError(problem) }
    }

    func run() async throws {
        FileLimit.raise()
        Interruption.watch()
        let report: BenchReport
        do {
            report = try await BenchRun(options, isInterrupted: { Interruption.isRequested }).run()
        } catch {
            let line = Array("chorus: \(error)\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
            let isUsage = (error as? WebSocketClientError)?.code == .invalidURL
            throw ExitCode(isUsage ? EX_USAGE : EX_UNAVAILABLE)
        }
        print(json ? report.json : report.text)
        if !report.isFlawless { throw ExitCode(1) }
    }
}
