import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import Testing

@Suite("The HTTP API: its own description")
struct APIDocumentTests {
    private static let names = [
        "publish", "broadcast", "history", "history_remove", "presence", "presence_stats", "subscribe", "unsubscribe",
        "disconnect", "refresh", "connections", "channels", "info", "rpc", "revoke_token", "invalidate_user_tokens",
        "batch",
    ]

    @Test("it is given to everybody, and stays at its place", arguments: ["GET", "HEAD"])
    func given(_ verb: String) async throws {
        try await serveAPI(access: .keys(["k"])) { test, _ in
            let client = try await test.raw()
            try await client.send("\(verb) /api/openapi.json HTTP/1.1\r\nHost: example.com\r\n\r\n")
            let head = try await client.read(through: "\r\n\r\n", within: 10)
            #expect(head.hasPrefix("HTTP/1.1 200 "))
            #expect(head.lowercased().contains("content-type: application/json"))
            for other in ["PUT", "DELETE"] {
                let answer = try await (try await test.api()).ask("openapi.json", verb: other)
                #expect(answer.status == 405)
                #expect(answer.http.header("Allow") == "GET, HEAD")
            }
        }
        try await serveAPI { _, api in
            let answer = try await api.ask("openapi.json", verb: "GET")
            let document = try APIContract.document.get()
            #expect(answer.json == document)
        }
    }

    @Test("it has every method that there is, and no other")
    func methods() async throws {
        let document = try APIContract.document.get()
        #expect(document["openapi"] == "3.1.0")
        #expect(document["info"]?["version"] == .text(BroadcastServer.version))
        let paths = try #require(document["paths"]).fields
        #expect(Set(paths.keys) == Set(Self.names.map { "/\($0)" }))
        try await serveAPI { _, api in
            for method in Self.names {
                let answer = try await api.ask(method)
                #expect(answer.code != 104, "\(method)")
            }
        }
    }

    @Test("all that it refers to is there")
    func references() throws {
        let document = try APIContract.document.get()
        let known = try #require(document["components"]?["schemas"]).fields
        var used: Set<String> = []
        func collect(_ value: JSON) {
            if let name = value["$ref"]?.string { used.insert(name) }
            value.fields.values.forEach(collect)
            value.elements.forEach(collect)
        }
        collect(document)
        #expect(used == Set(known.keys.map { "#/components/schemas/\($0)" }))
    }

    /// What stands in fields that are required, so that others can be looked at.
    private static let values: [String: String] = [
        "channel": #""kept:1""#, "channels": #"["kept:1"]"#, "user": #""ann""#, "commands": "[]", "data": "1",
        "uid": #""u""#, "method": #""m""#,
    ]

    /// A value that may not stand in a field.
    private static func wrong(_ schema: JSON) -> String? {
        let schema = schema["anyOf"]?.elements.first ?? schema
        return switch schema["type"]?.string {
        case "string", "array", "object": "7"
        case "boolean", "integer", "number": #""x""#
        default: nil
        }
    }

    @Test("every field that it names is read: what may not stand there is 107", arguments: names)
    func fields(_ method: String) async throws {
        let document = try APIContract.document.get()
        let operation = try #require(document["paths"]?["/\(method)"]?["post"])
        var schema = try #require(operation["requestBody"]?["content"]?["application/json"]?["schema"])
        schema = schema["allOf"]?.elements.first ?? schema
        let fields = try #require(schema["properties"]).fields
        let required = schema["required"]?.elements.compactMap(\.string) ?? []
        let hasData = fields["data"] != nil
        try await serveAPI { _, api in
            func check(_ name: String, _ field: JSON, _ path: (String) -> String) async throws {
                guard let wrong = Self.wrong(field) else { return }
                var body = Set(required + (hasData ? ["data"] : []))
                let outer = path(wrong)
                let top = String(outer.dropFirst().prefix { $0 != "\"" })
                body.remove(top)
                let others = body.sorted().map { #""\#($0)":\#(Self.values[$0] ?? "null")"# }
                let answer = try await api.ask(method, "{\((others + [outer]).joined(separator: ","))}")
                #expect(answer.code == 107, "\(method) \(outer)")
                #expect(answer.message.contains(" \(name) "), "\(answer.message)")
            }
            for (name, field) in fields {
                try await check(name, field) { #""\#(name)":\#($0)"# }
                let inner = field["anyOf"]?.elements.first?["properties"]?.fields ?? [:]
                for (part, schema) in inner {
                    try await check(part, schema) { #""\#(name)":{"\#(part)":\#($0)}"# }
                }
            }
            for name in required {
                let others = required.filter { $0 != name }.map { #""\#($0)":\#(Self.values[$0] ?? "null")"# }
                let answer = try await api.ask(method, "{\(others.joined(separator: ","))}")
                #expect(answer.code == 107, "\(method) without \(name)")
                #expect(answer.message.contains("\(name) is missing"))
            }
        }
    }
}
