import ArgumentParser
import JSONWire
import NIOCore

/// `chorus publish`: a message, or a message per line of standard input.
struct Publish: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish a message to a topic, or every line of standard input.",
        discussion: """
            Returns when the server has accepted it. With - in place of the text each line is a message, published in
            its order as soon as it comes. When the connection is lost it is made again, and nothing is lost or
            published twice, if the server comes back within 200 seconds and remembers what it had accepted; one that
            was started again does not, so that lines which it had not yet answered may be published twice.

              chorus publish news "The doors are open"
              chorus publish scores '{"home":1,"away":0}' --json --key game-7
              tail -f prices.csv | chorus publish ticker - --key-from 1
              generate | chorus publish ticker - --json --key-from symbol --rate 1000

            A text that begins with - comes after --: chorus publish news -- -5

            Exits with 0 if everything was accepted; with 1 if the server has refused some lines, which standard error
            names; with 64 if it has refused the text; with 69 if it cannot be reached; and with 77 if it does not let
            the client publish.
            """
    )

    @Argument(help: "The topic, such as news or chat:lobby.")
    var topic: String

    @Argument(help: ArgumentHelp("The text; - for each line of standard input.", valueName: "text"))
    var text: String

    @OptionGroup var server: ServerOptions
    @OptionGroup var access: KeyOptions

    @Flag(help: "The text, or each line, is a JSON value.")
    var json = false

    @Option(help: "What the message is the newest value of, for topics that keep the newest of every key.")
    var key: String?

    @Option(
        help: ArgumentHelp(
            "Take the key from each message: with --json the name of a field, else the number of a column between "
                + "commas, from 1.",
            valueName: "field"
        )
    )
    var keyFrom: String?

    @Option(help: "The most messages in a second (default: as fast as they are accepted).")
    var rate: Double?

    func validate() throws {
        guard key == nil || keyFrom == nil else { throw ValidationError("--key and --key-from exclude each other.") }
        if let keyFrom, !json, (Int(keyFrom) ?? 0) < 1 {
            throw ValidationError("--key-from is the number of a column, or, with --json, the name of a field.")
        }
        if let rate, !(rate > 0 && rate <= 1e6) {
            throw ValidationError("--rate is more than 0 and at most 1,000,000.")
        }
    }

    func run() async throws {
        try checkTopic(topic)
        let api = try APIClient(server, key: access.key())
        let outcome: PublishOutcome
        do {
            outcome = text == "-" ? try await publishLines(api) : try await publishText(api)
        } catch let failure as APIClient.Failure {
            Console.say(failure.message)
            outcome = .failed(failure.exit)
        }
        await api.shutdown()
        if case .failed(let code) = outcome { throw ExitCode(code) }
    }

    private var encoder: LineEncoder { LineEncoder(topic: topic, isJSON: json, key: key, keyFrom: keyFrom) }

    private func publishText(_ api: APIClient) async throws -> PublishOutcome {
        let command: ByteBuffer
        do throws(LineEncoder.Problem) {
            command = try encoder.command(ByteBuffer(string: text), number: 1)
        } catch {
            Console.say(error.description)
            return .failed(Exit.usage)
        }
        // somebody waits for it
        var sender = BatchSender(api: api, patience: .seconds(5))
        guard let error = try await sender.send([command]).last?.error else { return .done }
        Console.say(error.message)
        return .failed(Exit.usage)
    }

    private func publishLines(_ api: APIClient) async throws -> PublishOutcome {
        let lines = LineQueue()
        // waited for by nobody: it may be in the middle of reading what never comes
        Task { await StandardInput.read(into: lines) }
        var run = PublishRun(api: api, encoder: encoder, rate: rate)
        return try await run.publish(lines)
    }
}

/// How publishing ended.
enum PublishOutcome {
    case done
    case failed(Int32)
}
