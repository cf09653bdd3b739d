import ChorusCommand
import Testing

@Suite("chorus bench: options")
struct BenchOptionsTests {
    @Test("that make no sense are named")
    func problems() {
        #expect(BenchOptions().problem == nil)
        let changes: [(option: String, change: (inout BenchOptions) -> Void)] = [
            ("--connections", { $0.connections = 0 }), ("--connect-rate", { $0.connectRate = 0 }),
            ("--connect-rate", { $0.connectRate = 1e-11 }), ("--topics", { $0.topics = 0 }),
            ("--topics", { $0.topics = 101 }), ("--topics", { ($0.topics, $0.url) = (2, "ws://127.0.0.1/ws") }),
            ("--topic", { $0.topic = "a b" }), ("--topic", { $0.topic = "" }),
            ("--header", { $0.headers = [("a b", "c")] }), ("--header", { $0.headers = [("", "c")] }),
            ("--header", { $0.headers = [("a", "b\r\nc")] }), ("--publishers", { $0.publishers = 0 }),
            ("--publishers", { $0.publishers = 101 }), ("--publishers", { ($0.topics, $0.publishers) = (3, 2) }),
            ("--publish-message", { $0.publishMessage = "{topic}" }),
            (
                "--publish-message",
                { options in
                    (options.topics, options.publishURL) = (2, "http://127.0.0.1/")
                    options.publishMessage = "{message}"
                }
            ),
            ("--binary", { ($0.publishURL, $0.isBinary) = ("http://127.0.0.1/", true) }),
            ("--messages", { $0.messages = 0 }), ("--duration", { $0.duration = 0 }),
            ("--duration", { $0.duration = .nan }), ("--warm-up", { $0.warmUp = -1 }), ("--size", { $0.size = 63 }),
            ("--size", { $0.size = 1 << 30 }), ("--rate", { $0.rate = -1 }), ("--rate", { $0.rate = 1e-11 }),
            ("--rate", { $0.rate = .infinity }), ("--in-flight", { $0.inFlight = 0 }),
            ("--in-flight", { ($0.rate, $0.inFlight) = (1, 1) }),
            ("--in-flight", { ($0.publishURL, $0.inFlight) = ("http://127.0.0.1/", 1) }),
            ("--pid", { $0.serverProcesses = [0] }), ("--event-loops", { $0.eventLoops = 0 }),
        ]
        for (option, change) in changes {
            var options = BenchOptions()
            change(&options)
            #expect(options.problem?.contains(option) == true, "\(option): \(options.problem ?? "no problem")")
        }
        var options = BenchOptions()
        (options.topics, options.url, options.subscribeMessage) = (2, "ws://127.0.0.1/ws", "join {topic}")
        #expect(options.problem == nil)
        (options.publishURL, options.publishers) = ("http://127.0.0.1/", 1_000)
        #expect(options.problem == nil)
    }
}
