import Chorus
import ChorusCommand
import ChorusCore
import Foundation
import Logging
import NIOCore
import Testing

@Suite("chorus config import")
struct ConfigImportTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What Chorus reads of the result, and what is said besides.
    private func convert(_ text: String) async throws -> (resolved: ResolvedConfiguration, remarks: [String]) {
        try folder.replace("config.json", with: text)
        let ending = try await runChorus("config", "import", folder.file("config.json"))
        #expect(ending.code == 0, "\(ending.errors)")
        let resolved = resolve(ending.output)
        #expect(resolved.complaints.isEmpty, "\(ending.output)")
        return (resolved, ending.errors.split(separator: "\n").map { String($0.dropFirst("chorus: ".count)) })
    }

    @Test(
        "keys, tokens, origins, limits, delays, channels and transports become ours; where more is allowed, or less, it is said"
    )
    func whole() async throws {
        let (resolved, remarks) = try await convert(
            """
            {
              "http_server": {"address": "127.0.0.1", "port": "9000",
                              "tls": {"enabled": true, "cert_pem": "/a/chain.pem", "key_pem": "/a/key.pem"}},
              "log": {"level": "warn"},
              "client": {
                "allowed_origins": ["https://example.com"],
                "token": {"hmac_secret_key": "hush", "audience": "chat", "issuer": "me", "user_id_claim": "uid"},
                "allow_anonymous_connect_without_token": true,
                "ping_interval": "20s", "pong_timeout": "500ms", "expired_close_delay": "1m30s",
                "expired_sub_close_delay": "90s", "channel_limit": 64, "connection_limit": 1000,
                "history_max_publication_limit": 500, "queue_max_size": 2097152,
                "subscribe_to_user_personal_channel": {"enabled": true, "personal_channel_namespace": "personal"}
              },
              "channel": {
                "private_prefix": "§",
                "without_namespace": {"allow_subscribe_for_client": true, "allow_user_limited_channels": true},
                "namespaces": [
                  {"name": "chat", "history_size": 50, "history_ttl": "24h", "force_recovery": true, "presence": true,
                   "join_leave": true, "force_push_join_leave": true, "allow_presence_for_subscriber": true,
                   "allow_history_for_subscriber": true, "allow_subscribe_for_client": true,
                   "allow_publish_for_client": "true", "allow_user_limited_channels": true,
                   "allowed_delta_types": ["fossil"], "delta_publish": true, "publication_data_format": "json"},
                  {"name": "personal", "allow_user_limited_channels": true, "history_size": 5, "history_ttl": "1m",
                   "allow_recovery": true, "force_positioning": true, "allow_subscribe_for_client": true},
                  {"name": "open", "allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
                   "allow_publish_for_client": true, "allow_publish_for_anonymous": true,
                   "allow_user_limited_channels": true}
                ]
              },
              "http_api": {"key": "key", "handler_prefix": "/api", "error_mode": "transport"},
              "websocket": {"handler_prefix": "/rt/websocket", "compression": true, "message_size_limit": 100000},
              "engine": {"type": "memory"}, "health": {"enabled": true}, "shutdown": {"timeout": "5s"},
              "admin": {"enabled": false, "password": "x"}, "sse": {"enabled": false}, "consumers": []
            }
            """
        )
        let differences = [
            "channel.namespaces[0].allow_user_limited_channels", "channel.namespaces[1].allow_recovery",
            "channel.namespaces[2].allow_user_limited_channels",
        ]
        #expect(remarks.map { String($0.prefix { $0 != ":" }) } == differences, "\(remarks)")
        let settings = resolved.settings
        #expect(settings.listen.host == "127.0.0.1" && settings.listen.port == 9000)
        #expect(settings.listen.certificate == "/a/chain.pem" && settings.listen.key == "/a/key.pem")
        #expect(settings.listen.origins == ["https://example.com"])
        #expect(settings.logLevel == .warning)
        #expect(settings.tokens.hmacSecret == "hush" && settings.tokens.audience == "chat")
        #expect(settings.tokens.issuer == "me" && settings.tokens.userClaim == "uid")
        #expect(settings.tokens.anonymous == true)
        #expect(settings.api.key == "key" && settings.api.errorMode == .transport)
        #expect(settings.centrifuge.pingInterval == .seconds(20))
        #expect(settings.centrifuge.pongTimeout == .milliseconds(500))
        #expect(settings.centrifuge.expiryDelay == .seconds(90))
        #expect(settings.centrifuge.topics == 64 && settings.centrifuge.historyLimit == 500)
        #expect(settings.centrifuge.path == "/rt")
        #expect(settings.centrifuge.personalTopics && settings.centrifuge.personalPrefix == "personal:#")
        #expect(settings.centrifuge.userSeparator == "#" && settings.centrifuge.privatePrefix == "§")
        #expect(settings.limits.connections == 1000 && settings.limits.messageSize == 100_000)
        #expect(settings.listen.compression)
        #expect(settings.drainTime == .seconds(5))

        let hub = settings.hubConfiguration()
        #expect(hub.defaults.subscribers == .authenticated && hub.defaults.publishers == .server)
        #expect(hub.defaults.history == nil && !hub.defaults.presence.isOn)
        #expect(hub.defaults.window.bytes == 2_097_152)
        func namespace(_ name: String) throws -> Namespace {
            try #require(hub.namespaces.first { $0.name == name })
        }
        let chat = try namespace("chat")
        #expect(chat.history?.count == 50 && chat.history?.age == .hours(24) && chat.recovery == .forced)
        #expect(chat.presence.isOn && chat.presence.isTold && chat.payload == .json)
        #expect(chat.presence.grace == .zero && chat.presence.interval == .zero && chat.presence.listLimit == 10_000)
        #expect(chat.subscribers == .authenticated && chat.publishers == .authenticated)
        let personal = try namespace("personal")
        #expect(personal.history?.count == 5 && personal.recovery == .on)
        #expect(personal.subscribers == .authenticated && personal.publishers == .server)
        let open = try namespace("open")
        #expect(open.history == nil && open.recovery == .off)
        #expect(open.subscribers == .anyone && open.publishers == .anyone && open.tellsPublishers == true)
    }

    @Test("what has no counterpart is named with its key, also a key that there is not; and what is off is not")
    func remarks() async throws {
        let (_, remarks) = try await convert(
            """
            {
              "client": {"token": {"jwks_public_endpoint": "https://example.com/jwks"}, "user_connection_limit": 5,
                         "proxy": {"connect": {"enabled": true, "endpoint": "http://backend"}}, "insecure": false},
              "channel": {"max_length": 100, "user_separator": ";",
                          "namespaces": [{"name": "a", "allow_tags_filter": true, "delta_publish": false}]},
              "consumers": [{"name": "kafka"}], "engine": {"type": "redis"}, "histroy_size": 5
            }
            """
        )
        let expected = [
            "client.token.jwks_public_endpoint", "client.user_connection_limit", "client.proxy.connect.enabled",
            "client.proxy.connect.endpoint", "channel.max_length", "channel.user_separator",
            "channel.namespaces[0].allow_tags_filter", "consumers", "engine.type", "histroy_size",
        ]
        #expect(Set(remarks.map { String($0.prefix { $0 != ":" }) }) == Set(expected), "\(remarks)")
        #expect(remarks.count == expected.count)
    }

    @Test("what is not as it was in Chorus is named, though it has a counterpart")
    func differences() async throws {
        let (resolved, remarks) = try await convert(
            """
            {
              "client": {"expired_sub_close_delay": "5s", "history_max_publication_limit": 0},
              "health": {"enabled": true, "handler_prefix": "/healthz"},
              "channel": {"namespaces": [
                {"name": "a", "allow_user_limited_channels": true, "presence": true, "join_leave": true},
                {"name": "b", "allow_subscribe_for_client": true, "history_size": 5, "history_ttl": "1m",
                 "allow_history_for_subscriber": true}
              ]}
            }
            """
        )
        let expected = [
            "client.expired_sub_close_delay", "client.history_max_publication_limit", "health.handler_prefix",
            "allow_user_limited_channels",
            "channel.namespaces[0].join_leave", "channel.namespaces[0].presence",
            "channel.namespaces[1].allow_history_for_subscriber",
        ]
        #expect(remarks.map { String($0.prefix { $0 != ":" }) }.sorted() == expected.sorted(), "\(remarks)")
        #expect(resolved.settings.centrifuge.expiryDelay == .seconds(25))
        #expect(resolved.settings.centrifuge.userSeparator == "#")
        #expect(resolved.settings.hubConfiguration().namespaces.last?.recovery == .on)
    }

    @Test("where the newest message is what clients recover, it is here, and too slow readers are closed as there")
    func newestMessage() async throws {
        let (resolved, remarks) = try await convert(
            """
            {
              "client": {"insecure": true},
              "channel": {"namespaces": [
                {"name": "score", "history_size": 5, "history_ttl": "1h", "force_recovery": true,
                 "force_recovery_mode": "cache"},
                {"name": "chat", "history_size": 5, "history_ttl": "1h", "force_recovery": true,
                 "force_recovery_mode": "stream"},
                {"name": "live", "force_recovery_mode": "cache"},
                {"name": "odd", "force_recovery_mode": "hash"}
              ]}
            }
            """
        )
        #expect(remarks.map { String($0.prefix { $0 != ":" }) } == ["channel.namespaces[3].force_recovery_mode"])
        let namespaces = resolved.settings.hubConfiguration().namespaces
        let score = try #require(namespaces.first { $0.name == "score" })
        #expect(score.recoversLatest && score.history?.count == 5 && score.overflow == .disconnect)
        #expect(score.latest == Latest(keys: 1, age: .hours(1)))
        for name in ["chat", "live", "odd"] {
            let other = try #require(namespaces.first { $0.name == name })
            #expect(other.latest == nil && !other.recoversLatest)
        }
    }

    @Test("what is said of channels without a namespace is not of the others")
    func inheritance() async throws {
        let (resolved, remarks) = try await convert(
            """
            {
              "channel": {
                "without_namespace": {
                  "history_size": 5, "history_ttl": "1h", "force_recovery": true, "force_recovery_mode": "cache",
                  "presence": true, "join_leave": true, "force_push_join_leave": true,
                  "allow_presence_for_subscriber": true, "allow_history_for_subscriber": true,
                  "allow_subscribe_for_client": true, "allow_publish_for_client": true,
                  "publication_data_format": "json"
                },
                "namespaces": [
                  {"name": "other"},
                  {"name": "kept", "history_size": 2, "history_ttl": "1m", "force_recovery": true,
                   "allow_history_for_subscriber": true}
                ]
              }
            }
            """
        )
        #expect(remarks.isEmpty, "\(remarks)")
        let hub = resolved.settings.hubConfiguration()
        func namespace(_ name: String) throws -> Namespace {
            try #require(hub.namespaces.first { $0.name == name })
        }
        for topics in [hub.defaults, try namespace("lobby")] {
            #expect(topics.recoversLatest && topics.history?.count == 5 && topics.presence.isTold)
            #expect(topics.publishers == .authenticated && topics.tellsPublishers == true && topics.payload == .json)
        }
        for (name, count) in [("other", nil), ("kept", 2)] {
            let topics = try namespace(name)
            #expect(topics.history?.count == count && topics.latest == nil && !topics.recoversLatest)
            #expect(!topics.presence.isOn && topics.tellsPublishers == false && topics.payload == .any)
            #expect(topics.publishers == .server && topics.subscribers == .server)
            #expect(topics.overflow == .disconnect)
        }
    }

    @Test("where everybody may do everything, they may here; maps and shared polls are left out, and named once each")
    func insecure() async throws {
        let (resolved, remarks) = try await convert(
            """
            {
              "client": {"insecure": true},
              "channel": {"namespaces": [
                {"name": "chat"},
                {"name": "map", "subscription_type": "map", "map": {"mode": "ephemeral", "key_ttl": "60s"}},
                {"name": "poll", "subscription_type": "shared_poll", "shared_poll": {"mode": "x"}}
              ]}
            }
            """
        )
        #expect(remarks.map { String($0.prefix { $0 != ":" }) } == ["channel.namespaces[1]", "channel.namespaces[2]"])
        #expect(resolved.settings.tokens.anonymous == true)
        let hub = resolved.settings.hubConfiguration()
        for topics in [hub.defaults] + hub.namespaces {
            #expect(topics.subscribers == .anyone && topics.publishers == .anyone)
        }
        #expect(hub.namespaces.contains { $0.name == "chat" } && !hub.namespaces.contains { $0.name == "map" })
    }

    @Test("subscribers may publish where they might, and are told who has; other namespaces there are not")
    func subscribers() async throws {
        let (resolved, remarks) = try await convert(
            """
            {"channel": {"without_namespace": {"allow_publish_for_subscriber": true, "allow_subscribe_for_client": true,
                                               "allow_subscribe_for_anonymous": true,
                                               "allow_publish_for_anonymous": true},
                         "namespaces": [{"name": "news", "allow_subscribe_for_client": true}]}}
            """
        )
        #expect(remarks.isEmpty, "\(remarks)")
        let hub = resolved.settings.hubConfiguration()
        #expect(hub.defaults.publishers == .subscribers && hub.defaults.tellsPublishers == true)
        #expect(hub.namespaces.first { $0.name == "news" }?.publishers == .server)
        // what holds for channels without a namespace does for one that is called as the topic of /ws is, too
        let lobby = try #require(hub.namespaces.first { $0.name == "lobby" })
        #expect(lobby.publishers == .subscribers && lobby.tellsPublishers == true)
        #expect(!hub.allowsUnknownNamespaces)
    }

    @Test("what clients without a name can do here, and could not there, is named")
    func nameless() async throws {
        let (_, remarks) = try await convert(
            """
            {"channel": {"without_namespace": {"allow_subscribe_for_client": true, "allow_subscribe_for_anonymous": true,
              "allow_publish_for_subscriber": true, "history_size": 5, "history_ttl": "1m", "allow_recovery": true,
              "allow_history_for_subscriber": true, "presence": true, "allow_presence_for_subscriber": true,
              "subscription_type": "map"}}}
            """
        )
        let place = "channel.without_namespace."
        let expected = [
            "subscription_type", "allow_publish_for_subscriber", "allow_history_for_subscriber", "presence",
        ]
        #expect(remarks.map { String($0.prefix { $0 != ":" }) }.sorted() == expected.map { place + $0 }.sorted())
    }

    @Test("what is said of anonymous clients opens nothing alone")
    func anonymous() async throws {
        let (resolved, remarks) = try await convert(
            """
            {"channel": {"without_namespace": {"allow_subscribe_for_anonymous": true,
                                               "allow_publish_for_anonymous": true}}}
            """
        )
        #expect(remarks.isEmpty, "\(remarks)")
        let topics = resolved.settings.hubConfiguration().defaults
        #expect(topics.subscribers == .server && topics.publishers == .server)
    }

    @Test("a value of another type is named, and not as if it were not there")
    func types() async throws {
        let (_, remarks) = try await convert(
            """
            {
              "client": {"allowed_origins": ["https://example.com", 5], "ping_interval": 25,
                         "token": {"hmac_secret_key": 12345}, "channel_limit": 1.5},
              "channel": {"without_namespace": {"presence": 1, "history_size": 5, "history_ttl": "7d"},
                          "namespaces": {"chat": {"presence": true}}}
            }
            """
        )
        let expected = [
            "client.allowed_origins", "client.ping_interval", "client.token.hmac_secret_key", "client.channel_limit",
            "channel.without_namespace.presence", "channel.without_namespace.history_ttl",
            "channel.namespaces.chat.presence",
        ]
        #expect(remarks.map { String($0.prefix { $0 != ":" }) }.sorted() == expected.sorted(), "\(remarks)")
        #expect(!remarks.contains { $0.contains("12345") })
        #expect(
            remarks.allSatisfy { $0.hasSuffix("this cannot be its value") || $0.contains("namespaces") },
            "\(remarks)"
        )
    }

    @Test("an empty configuration is one where nobody may do anything, as it was; and it listens on all addresses")
    func empty() async throws {
        let (resolved, remarks) = try await convert("{}")
        #expect(remarks.isEmpty)
        #expect(resolved.settings.listen.host == "0.0.0.0")
        #expect(resolved.settings.tokens.anonymous == false)
        let topics = resolved.settings.hubConfiguration().defaults
        #expect(topics.subscribers == .server && topics.publishers == .server && topics.history == nil)
        #expect(resolved.settings.centrifuge.userSeparator.isEmpty)
    }

    @Test("keys in PEM, what is switched off, and what is only nearly the same")
    func variants() async throws {
        let (resolved, remarks) = try await convert(
            """
            {"client": {"token": {"rsa_public_key": "/keys/rsa.pem", "ecdsa_public_key": "/keys/ec.pem"}, "pong_timeout": "0s"},
             "log": {"level": "none"}, "websocket": {"disabled": true, "handler_prefix": "/ws"},
             "http_api": {"disabled": true, "insecure": true, "handler_prefix": "/rt/api", "error_mode": "x"},
             "channel": {"without_namespace": {"publication_data_format": "json_object"}},
             "http_server": {"tls": {"enabled": true, "cert_pem": "-----BEGIN C-----", "key_pem": "-----BEGIN K-----"}}}
            """
        )
        let settings = resolved.settings
        #expect(settings.tokens.rsaPublicKey == "/keys/rsa.pem" && settings.tokens.ecdsaPublicKey == "/keys/ec.pem")
        #expect(!settings.centrifuge.isOn && !settings.api.isOn && settings.topics.payload == .json)
        let expected = [
            "client.pong_timeout", "log.level", "websocket.handler_prefix", "http_api.insecure",
            "http_api.handler_prefix", "http_api.error_mode", "channel.without_namespace.publication_data_format",
            "http_server.tls.cert_pem", "http_server.tls.key_pem",
        ]
        #expect(remarks.map { String($0.prefix { $0 != ":" }) }.sorted() == expected.sorted(), "\(remarks)")
    }

    @Test("a configuration of a version before 6 is 78, and TLS without a certificate is named")
    func outdated() async throws {
        let folder = try TemporaryFolder()
        try folder.replace("old.json", with: #"{"token_hmac_secret_key": "hush", "namespaces": []}"#)
        let ending = try await runChorus("config", "import", folder.file("old.json"))
        #expect(ending.code == 78 && ending.output.isEmpty)
        #expect(ending.errors.contains("before Centrifugo 6") && !ending.errors.contains("hush"))
        let (_, remarks) = try await convert(#"{"http_server": {"tls": {"enabled": true}}}"#)
        #expect(remarks.map { String($0.prefix { $0 != ":" }) } == ["http_server.tls.enabled"])
    }

    @Test("a file that is no JSON or no object, or is not there, is 78 and nothing is written")
    func unreadable() async throws {
        try folder.replace("config.json", with: "{\"a\":")
        try folder.replace("list.json", with: "[]")
        for name in ["config.json", "list.json", "none.json"] {
            let ending = try await runChorus("config", "import", folder.file(name))
            #expect(ending.code == 78)
            #expect(ending.output.isEmpty)
            #expect(ending.errors.contains(name))
        }
    }
}
