import ArgumentParser
import ChorusClient
import Synchronization

/// `chorus subscribe`: what is published, a line per message.
struct Subscribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what is published to topics, a line per message.",
        discussion: """
            A text is printed as it is, other JSON as its text, binary in base64; of several topics each line begins
            with the topic's name and a tab. With --json a line is what the server sends, with position, time and
            key. The connection is made again whenever it is lost, and what was missed meanwhile comes first; if that
            is not possible, standard error says so.

              chorus subscribe news
              chorus subscribe news --last 10 --count 10
              chorus subscribe ticker --latest --json | jq .data

            Exits with 0 after --count messages, with 69 if the server cannot be reached, with 77 if it does not let
            the client subscribe, and with 64 if it does not understand what it is asked.
            """
    )

    @Argument(help: ArgumentHelp("The topics, such as news or chat:lobby.", valueName: "topic"))
    var topics: [String]

    @OptionGroup var server: ServerOptions

    @OptionGroup var tokens: TokenOptions

    @Flag(help: "Print what the server sends: one JSON object per message.")
    var json = false

    @Flag(help: "With --json: also notices, such as who joins and leaves.")
    var notices = false

    @Option(help: "Begin with so many of the last messages.")
    var last: Int?

    @Option(
        help: ArgumentHelp("Begin after a position, as --json gives it.", valueName: "epoch:offset"),
        transform: { text in
            guard let position = TopicPosition(text) else { throw ValidationError("--since is EPOCH:OFFSET.") }
            return position
        }
    )
    var since: TopicPosition?

    @Flag(help: "Begin with the newest message of every key, where the topic keeps them.")
    var latest = false

    @Option(help: "Exit after so many messages.")
    var count: Int?

    @Flag(name: .shortAndLong, help: "Say on standard error when it has subscribed.")
    var verbose = false

    @Option(help: "How the others are to see this client.")
    var name: String?

    func validate() throws {
        guard [last != nil, since != nil, latest].count(where: \.self) < 2 else {
            throw ValidationError("--last, --since and --latest exclude each other.")
        }
        guard topics.count == 1 || since == nil else { throw ValidationError("--since is for one topic.") }
        guard (last ?? 0) >= 0 else { throw ValidationError("--last is at least 0.") }
        guard (count ?? 1) >= 1 else { throw ValidationError("--count is at least 1.") }
        guard json || !notices else { throw ValidationError("--notices belongs to --json.") }
        guard Set(topics).count == topics.count else { throw ValidationError("A topic is named twice.") }
    }

    func run() async throws {
        for topic in topics { try checkTopic(topic) }
        let token = try tokens.token()
        Console.endWhenUnread()
        let printer = LimitedPrinter(limit: count)
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for topic in topics { group.addTask { try await follow(topic, token, printer) } }
                // the first that has seen enough
                while let isEnough = try await group.next() { if isEnough { break } }
                group.cancelAll()
            }
        } catch let error as WebSocketClientError {
            Console.say(error.sentence)
            throw ExitCode(error.exit)
        }
    }

    /// Returns whether as many messages have been printed as were asked for.
    private func follow(_ topic: String, _ token: String?, _ printer: LimitedPrinter) async throws -> Bool {
        for try await event in subscription(to: topic, token) {
            switch event {
            case .message(let message):
                let line = json ? message.json : topics.count == 1 ? message.text : "\(topic)\t\(message.text)"
                if printer.print(line) { return true }
            case .gap(_, let line):
                Console.say("\(topic): something was missed that is not kept any more")
                if notices { Console.print(line) }
            case .disconnected(let error, let wait):
                Console.say("\(topic): \(error.sentence); next attempt in \(wait.rounded)")
            case .notice(let name, let line):
                if notices { Console.print(line) }
                if name == "unsubscribed" {
                    throw WebSocketClientError(.connectionClosed, "the server has ended the subscription to \(topic)")
                }
            case .subscribed(let position, let line):
                if verbose { Console.say("\(topic): subscribed" + (position.map { ", at \($0)" } ?? "")) }
                if notices { Console.print(line) }
            }
        }
        return false
    }

    private func subscription(to topic: String, _ token: String?) -> TopicSubscription {
        var configuration = TopicSubscription.defaultConfiguration
        configuration.tlsConfiguration = server.tls
        if let token { configuration.headers = [("Authorization", "Bearer \(token)")] }
        // an envelope may be several times as large as what is in it
        configuration.maximumMessageSize = 1 << 28
        let start: TopicSubscription.Start =
            if let last { .last(last) } else if let since { .since(since) } else if latest { .latest } else { .now }
        return TopicSubscription(
            to: topic,
            at: server.url,
            from: start,
            name: name,
            retriesFirst: false,
            configuration: configuration
        )
    }
}

/// Prints lines up to a number of them, whoever has them.
private final class LimitedPrinter: Sendable {
    private let limit: Int?
    private let printed = Mutex(0)

    init(limit: Int?) { self.limit = limit }

    /// Returns whether there are enough now, or were before.
    func print(_ line: String) -> Bool {
        printed.withLock { printed in
            if printed == limit { return true }
            // within the lock, so that no line comes after the last
            Console.print(line)
            printed += 1
            return printed == limit
        }
    }
}

extension Error {
    /// What went wrong, for people.
    var sentence: String {
        guard let error = self as? WebSocketClientError else { return "\(self)" }
        let text = error.cause.map { "\(error.message) (\($0.plain))" } ?? error.message
        // in one line
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension Duration {
    /// In seconds, with one digit behind the point.
    var rounded: String {
        let tenths = (self / .milliseconds(100)).rounded()
        return "\(tenths / 10) s"
    }
}

extension WebSocketClientError {
    /// The exit code of a command that ends with it.
    var exit: Int32 {
        switch (code, response?.status) {
        case (.invalidURL, _), (_, 400): Exit.usage
        case (_, 401), (_, 403): Exit.notPermitted
        default: Exit.unavailable
        }
    }
}
