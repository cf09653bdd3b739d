import JSONWire
package import NIOCore

/// The description of the HTTP API for programs (OpenAPI 3.1), made of what ``APIMethod`` says of every method.
package struct OpenAPIDocument {
    /// Where it stands, behind the API's path.
    static let name = "openapi.json"

    /// The API's path.
    private let path: String

    package init(path: String = "/api") { self.path = path }

    /// The document.
    package var json: ByteBuffer {
        .jsonObject {
            $0.field("openapi", "3.1.0")
            $0.field(
                "info",
                json: .jsonObject {
                    $0.field("title", "Chorus")
                    $0.field("version", BroadcastServer.version)
                    $0.field("description", Self.description)
                }
            )
            $0.field("servers", elements: [ByteBuffer.jsonObject { $0.field("url", path) }])
            $0.field("security", elements: Self.security)
            $0.field(
                "paths",
                json: .jsonObject { paths in
                    for method in APIMethod.all {
                        paths.field("/\(method.name)", json: .jsonObject { $0.field("post", json: operation(method)) })
                    }
                }
            )
            $0.field("components", json: components)
        }
    }

    private static let description = """
        What backends can do: publish, ask, and say who may stay. With the header X-Centrifugo-Error-Mode: transport \
        errors are told by the HTTP status.
        """

    // MARK: Requests

    private func operation(_ method: APIMethod) -> ByteBuffer {
        .jsonObject {
            $0.field("operationId", method.name)
            $0.field("summary", method.summary)
            $0.field(
                "requestBody",
                json: .jsonObject {
                    // where nothing has to be said, nothing need be sent
                    $0.field("required", !method.oneOf.isEmpty || method.fields.contains(where: \.isRequired))
                    $0.field("content", json: Self.content("application/json", Self.request(method)))
                }
            )
            $0.field("responses", json: responses(method))
        }
    }

    private static func request(_ method: APIMethod) -> ByteBuffer {
        let fields = JSONSchema.object(method.fields)
        guard !method.oneOf.isEmpty else { return fields.json }
        let choices = JSONSchema.anyOf(
            method.oneOf.map { name in
                // an empty string is as if nothing were there, but for a value of any kind
                let field = method.fields.first { $0.name == name }
                let schema: JSONSchema = if case .orNull(.any)? = field?.schema { .any } else { .string(pattern: ".") }
                return .object([.field(name, schema, "")])
            }
        )
        return .jsonObject { $0.field("allOf", elements: [fields.json, choices.json]) }
    }

    // MARK: Answers

    private func responses(_ method: APIMethod) -> ByteBuffer {
        .jsonObject { responses in
            let result = method.isBatch ? method.result : .object([.field("result", method.result, "")])
            responses.field(
                "200",
                json: Self.response("What was asked for, or an error.", .anyOf([result, .reference("Failure")]))
            )
            for (status, reason) in Self.failures {
                let failure = JSONSchema.anyOf([.reference("Error"), .reference("Failure")])
                responses.field(status, json: Self.response(reason, failure))
            }
            for (status, reason) in Self.refusals {
                responses.field(
                    status,
                    json: .jsonObject {
                        $0.field("description", reason)
                        $0.field("content", json: Self.content("text/plain", JSONSchema.string().json))
                    }
                )
            }
        }
    }

    /// Answers that have a code of their own in them.
    private static let failures = [
        ("400", "The body is no JSON object; in the error mode `transport` also codes 107 and 108."),
        ("404", "There is no such method."),
        ("413", "The body is too large."),
        ("416", "Code 112, in the error mode `transport`."),
        ("500", "Code 100, in the error mode `transport`."),
        ("503", "Overloaded: nothing was done. Retry-After says when to try again."),
    ]

    /// Answers to those who may not ask: a sentence.
    private static let refusals = [
        ("401", "The key is missing or wrong."),
        ("403", "Without a key: not from this machine, or from a page of another origin."),
        ("415", "Without a key: Content-Type is not application/json."),
    ]

    private static func response(_ description: String, _ schema: JSONSchema) -> ByteBuffer {
        .jsonObject {
            $0.field("description", description)
            $0.field("content", json: content("application/json", schema.json))
        }
    }

    private static func content(_ type: String, _ schema: ByteBuffer) -> ByteBuffer {
        .jsonObject { $0.field(type, json: .jsonObject { $0.field("schema", json: schema) }) }
    }

    // MARK: What is referred to

    private var components: ByteBuffer {
        .jsonObject {
            $0.field(
                "schemas",
                json: .jsonObject { for (name, schema) in Self.schemas { $0.field(name, json: schema.json) } }
            )
            $0.field(
                "securitySchemes",
                json: .jsonObject {
                    $0.field("header", json: Self.apiKey("X-API-Key", in: "header", "The key."))
                    $0.field("authorization", json: Self.apiKey("Authorization", in: "header", "`apikey KEY`."))
                    $0.field("query", json: Self.apiKey("api_key", in: "query", "The key. Ends up in logs of proxies."))
                }
            )
        }
    }

    /// One of them is enough.
    private static let security = ["header", "authorization", "query"].map { scheme in
        ByteBuffer.jsonObject { $0.field(scheme, json: ByteBuffer(string: "[]")) }
    }

    private static func apiKey(_ name: String, in place: String, _ description: String) -> ByteBuffer {
        .jsonObject {
            $0.field("type", "apiKey")
            $0.field("name", name)
            $0.field("in", place)
            $0.field("description", description)
        }
    }

    private static var schemas: [(String, JSONSchema)] {
        let failure = JSONSchema.Property.field("error", .reference("Error"), "")
        let methods = APIMethod.all.filter { !$0.isBatch }
        let commands = methods.map { JSONSchema.Property.field($0.name, .object($0.fields), "") }
        let replies = methods.map { JSONSchema.Property.field($0.name, $0.result, "") }
        return [
            ("Error", APIError.schema), ("Failure", .object([failure])),
            ("Position", HTTPAPI.positionSchema), ("ClientInfo", HTTPAPI.infoSchema),
            ("Publication", HTTPAPI.publicationSchema), ("Connection", HTTPAPI.connectionSchema),
            ("PublishResponse", .choice([.field("result", .reference("Position"), ""), failure])),
            ("Command", .choice(commands)), ("Reply", .choice(replies + [failure])),
        ]
    }
}
