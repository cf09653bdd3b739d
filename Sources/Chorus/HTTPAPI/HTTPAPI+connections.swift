import ChorusCore
import JSONWire
import NIOCore

extension APIMethod {
    static let connections = APIMethod(
        name: "connections",
        summary: "Who is connected, page by page, in the order of connecting.",
        fields: [
            ConnectionFields.user.optional, ConnectionFields.channel.optional, ConnectionFields.transport.optional,
            APIFields.pageSize.optional, APIFields.cursor.optional,
        ],
        result: .object([
            .field("connections", .map(of: .reference("Connection")), "By the identifier of the client."),
            APIFields.nextCursor,
        ])
    ) { api, parameters throws(APIError) in try await api.connections(parameters) }
}

private enum ConnectionFields {
    static let user = APIField<String>.string("user", "Only those of a user. Empty for all.")
    static let channel = APIField<String>.string(
        "channel",
        pattern: #"^[^\u0000-\u001f\u007f-\u009f]{0,255}$"#,
        "Only those that follow this topic. Empty for all."
    )
    static let transport = APIField<String>.string("transport", "Only those of a kind: `websocket`. Empty for all.")
}

extension HTTPAPI {
    /// How many topics of a connection are named.
    private static let mostTopics = 100

    /// `connections`: who is connected.
    func connections(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        try parameters.refuse("expression", "label_filter")
        var filter = SessionFilter()
        if let user = try parameters[ConnectionFields.user], !user.isEmpty { filter.user = user }
        if let name = try parameters[ConnectionFields.channel], !name.isEmpty {
            filter.topic = try APIParameters.topic(name)
        }
        if let name = try parameters[ConnectionFields.transport], !name.isEmpty { filter.transport = name }
        let limit = try pageSize(parameters, most: limits.connections)
        let cursor = try parameters[APIFields.cursor].flatMap { $0.isEmpty ? nil : $0 }
        let last = cursor.flatMap { SessionID($0) }
        guard (cursor == nil) == (last == nil) else { throw .badRequest("cursor is not one of this method") }
        let page = await hub.connections.page(
            matching: filter,
            after: last,
            limit: limit,
            mostTopics: HTTPAPI.mostTopics
        )
        return .jsonObject {
            $0.field(
                "connections",
                json: .jsonObject { object in
                    for session in page { object.field(session.id.description, json: HTTPAPI.connection(session)) }
                }
            )
            if page.count == limit, let last = page.last { $0.field("next_cursor", last.id.description) }
        }
    }

    /// How many are wanted in one answer.
    func pageSize(_ parameters: APIParameters, most: Int) throws(APIError) -> Int {
        guard let asked = try parameters[APIFields.pageSize], asked > 0 else { return most }
        return min(most, Int(asked))
    }

    private static func connection(_ session: SessionInfo) -> ByteBuffer {
        .jsonObject {
            $0.field("user", session.user ?? "")
            $0.field("transport", session.transport?.name ?? "")
            $0.field("protocol", session.transport?.format ?? "")
            if let address = session.transport?.address { $0.field("address", address) }
            if let name = session.transport?.clientName, !name.isEmpty { $0.field("app_name", name) }
            if let version = session.transport?.clientVersion, !version.isEmpty { $0.field("app_version", version) }
            $0.field("connected_at", session.openedAt)
            $0.field(
                "state",
                json: .jsonObject { state in
                    state.field(
                        "channels",
                        json: .jsonObject { for topic in session.topics { $0.field(topic, json: nothing) } }
                    )
                }
            )
            $0.field("num_channels", session.topicCount)
            $0.field(
                "lag",
                json: .jsonObject {
                    $0.field("messages", session.lag.messages)
                    $0.field("bytes", session.lag.bytes)
                }
            )
        }
    }

    /// The shape of ``connection(_:)``.
    static let connectionSchema = JSONSchema.object([
        .field("user", .string(), "Empty where nobody has said."),
        .field("transport", .string(), "How it is connected: `websocket`."),
        .field("protocol", .string(), "What it receives: `text`, `json`, `centrifuge-json` or `centrifuge-protobuf`."),
        .optional("address", .string(), "The client's address."),
        .optional("app_name", .string(), "What the client calls itself."),
        .optional("app_version", .string(), "The version that the client says it has."),
        .field("connected_at", .integer(from: 0), "When it was opened, in seconds since 1970."),
        .field(
            "state",
            .object([.field("channels", .map(of: .nothing), "The topics that it follows, \(mostTopics) at the most.")]),
            "What it does."
        ),
        .field("num_channels", .integer(from: 0), "How many topics it follows."),
        .field(
            "lag",
            .object([
                .field("messages", .integer(from: 0), "Of its topics."),
                .field("bytes", .integer(from: 0), "Of these, and of what it alone is to receive."),
            ]),
            "What it has not been sent because it does not read fast enough."
        ),
    ])
}
