import ChorusCore
import JSONWire
import NIOCore

extension APIMethod {
    static let presence = APIMethod(
        name: "presence",
        summary: "Who is subscribed to a topic.",
        fields: [APIFields.channel.required],
        result: .object([.field("presence", .map(of: .reference("ClientInfo")), "By the identifier of the client.")])
    ) { api, parameters throws(APIError) in try await api.presence(parameters) }

    static let presenceStats = APIMethod(
        name: "presence_stats",
        summary: "How many are subscribed to a topic.",
        fields: [APIFields.channel.required],
        result: .object([
            .field("num_clients", .integer(from: 0), "Clients."),
            .field("num_users", .integer(from: 0), "Different users among them."),
        ])
    ) { api, parameters throws(APIError) in try await api.presenceStats(parameters) }
}

extension HTTPAPI {
    /// `presence`: who is subscribed, by the identifier of the client.
    func presence(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let topic = try topic(of: parameters)
        let members = try await asAPI { () throws(ChorusError) in
            try await hub.presence(in: topic, limit: limits.members)
        }
        return .jsonObject {
            $0.field(
                "presence",
                json: .jsonObject { object in
                    for member in members { object.field(member.id, json: HTTPAPI.info(member)) }
                }
            )
        }
    }

    /// `presence_stats`: how many.
    func presenceStats(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let topic = try topic(of: parameters)
        let count = try await asAPI { () throws(ChorusError) in try await hub.presenceCount(in: topic) }
        return .jsonObject {
            $0.field("num_clients", count.sessions)
            $0.field("num_users", count.differentUsers)
        }
    }

    /// What Centrifugo calls a client's info.
    static func info(_ member: Member) -> ByteBuffer {
        .jsonObject {
            $0.field("user", member.user ?? "")
            $0.field("client", member.id)
            if let info = member.connectionInfo { $0.field("conn_info", json: info) }
            if let info = member.info { $0.field("chan_info", json: info) }
        }
    }

    /// The shape of ``info(_:)``.
    static let infoSchema = JSONSchema.object([
        .field("user", .string(), "Empty where nobody has said."),
        .field("client", .string(), "Its identifier."),
        .optional("conn_info", .any, "What was said of its connection, as by its token."),
        .optional("chan_info", .any, "What was said of it for this topic."),
    ])
}
