import ChorusTesting
import ClientSupport
import Testing

/// `chorus serve` with what `chorus config import` makes of a configuration of Centrifugo 6, and its clients and
/// backends, which have the keys of the original.
struct ImportedServer {
    static let secret = "a long secret that nobody guesses"
    static let key = "a key that nobody guesses either"

    /// One of a product: a chat, news, dialogues, something that costs money, and a channel of every user's own.
    static let original = """
        {
          "http_server": {"address": "127.0.0.1", "port": 8000},
          "log": {"level": "info"},
          "client": {
            "allowed_origins": ["https://example.com"],
            "token": {"hmac_secret_key": "\(secret)"},
            "ping_interval": "20s",
            "pong_timeout": "6s",
            "subscribe_to_user_personal_channel": {"enabled": true, "personal_channel_namespace": "personal"}
          },
          "channel": {
            "without_namespace": {"allow_subscribe_for_client": true},
            "namespaces": [
              {
                "name": "chat",
                "presence": true,
                "join_leave": true,
                "force_push_join_leave": true,
                "history_size": 3,
                "history_ttl": "24h",
                "force_recovery": true,
                "allow_subscribe_for_client": true,
                "allow_publish_for_subscriber": true,
                "allow_presence_for_subscriber": true,
                "allow_history_for_subscriber": true
              },
              {
                "name": "news",
                "history_size": 100,
                "history_ttl": "1h",
                "allow_recovery": true,
                "allow_subscribe_for_client": true
              },
              {"name": "direct", "allow_publish_for_client": true, "allow_user_limited_channels": true},
              {"name": "personal", "history_size": 10, "history_ttl": "5m", "force_recovery": true},
              {"name": "paid"}
            ]
          },
          "http_api": {"key": "\(key)"},
          "websocket": {"message_size_limit": 4096},
          "admin": {"enabled": false}
        }
        """

    /// What import says of it, by key.
    static let remarks = [
        "channel.namespaces[1].allow_recovery", "channel.namespaces[2].allow_user_limited_channels",
        "channel.namespaces[3].force_recovery", "allow_user_limited_channels",
    ]

    private let folder: TemporaryFolder
    let chorus: ChorusProcess
    let port: Int

    /// Imports a configuration, checks what comes of it, and serves it.
    ///
    /// - Parameter remarks: the keys of what import says.
    init(_ original: String = original, remarks: [String] = remarks) async throws {
        folder = try TemporaryFolder()
        try folder.replace("config.json", with: original)
        let there = #"cd "\#(folder.path)" && exec "$0" "$@""#
        let imported = try await runChorus("config", "import", "config.json", shell: there + " > chorus.json")
        #expect(imported.code == 0)
        let said = imported.errors.split(separator: "\n").map { $0.dropFirst("chorus: ".count).prefix { $0 != ":" } }
        #expect(said.map(String.init) == remarks, "\(imported.errors)")
        let checked = try await runChorus("config", "check", shell: there)
        #expect(checked.code == 0 && checked.output == "chorus.json: nothing is wrong\n", "\(checked)")
        chorus = try ChorusProcess(["serve", "--port", "0"], shell: there)
        port = try await chorus.port()
    }

    /// A token as a backend makes it.
    ///
    /// - Parameter options: more of `chorus token`.
    func token(_ user: String, _ options: String..., secret: String = secret) async throws -> String {
        let shell = #"export CHORUS_TOKENS_HMAC_SECRET="\#(secret)"; exec "$0" "$@""#
        let made = try await ChorusProcess(["token", "--user", user] + options, shell: shell).end()
        return try #require(made.lines.first, "\(made)")
    }

    /// A client who has shown a token, and who it is.
    ///
    /// - Parameter port: of what stands before the server.
    func client(_ user: String, through port: Int? = nil) async throws -> (CentrifugeClient, who: JSON) {
        let client = try await CentrifugeClient(port: port ?? self.port)
        let connected = try await client.connect(try await token(user))
        return (client, ["user": .text(user), "client": try #require(connected["client"])])
    }

    /// Asks the HTTP API as a backend does, and returns the result.
    @discardableResult
    func ask(_ method: String, _ body: String) async throws -> JSON {
        let answer = try await chorus.ask("/api/\(method)", headers: ["X-API-Key: \(Self.key)"], post: body)
        guard let result = try JSON(parsing: answer.body)["result"], case .object = result else {
            throw TestFailure(answer.body)
        }
        return result
    }

    /// Publishes as a backend does.
    @discardableResult
    func publish(_ channel: String, _ text: String) async throws -> JSON {
        try await ask("publish", #"{"channel":"\#(channel)","data":"\#(text)"}"#)
    }
}

extension CentrifugeClient {
    /// - Parameter positions: where subscriptions of the server's are to go on, as the protocol's `subs`.
    @discardableResult
    func connect(_ token: String, positions: String = "{}") async throws -> JSON {
        try await result(#""connect":{"token":"\#(token)","subs":\#(positions)}"#)
    }

    /// - Parameter more: fields of the command, each after a comma.
    @discardableResult
    func subscribe(_ channel: String, _ more: String = "") async throws -> JSON {
        try await result(#""subscribe":{"channel":"\#(channel)"\#(more)}"#)
    }

    /// Sends a command to which there is no reply: the connection has to end, and with this code.
    func expectClose(_ code: UInt16, after command: String) async throws {
        try await socket.send(#"{"id":1000,\#(command)}"#)
        try await expectClose(code)
    }
}

extension JSON {
    /// A publication, and from whom it is.
    static func publication(_ text: String, _ offset: Int? = nil, from who: JSON? = nil) -> JSON {
        var fields: [String: JSON] = ["data": .text(text)]
        fields["offset"] = offset.map { .number(Double($0)) }
        fields["info"] = who
        return .object(fields)
    }
}
