import ChorusCore
import JSONWire
import NIOCore

extension APIMethod {
    static let channels = APIMethod(
        name: "channels",
        summary: "Which topics are followed now, page by page, in the order of their names.",
        fields: [ChannelFields.pattern.optional, APIFields.pageSize.optional, APIFields.cursor.optional],
        result: .object([
            .field(
                "channels",
                .map(of: .object([.field("num_clients", .integer(from: 0), "How many clients follow it.")])),
                "By name."
            ), APIFields.nextCursor,
        ])
    ) { api, parameters throws(APIError) in try await api.channels(parameters) }
}

private enum ChannelFields {
    static let pattern = APIField<String>.string(
        "pattern",
        longest: longestPattern,
        "Only names that match: `*` for anything, `?`, `[a-z]`, `[!a-z]`, `{one,other}`; `\\` takes the meaning away."
    )

    /// The most bytes of a pattern.
    static let longestPattern = 255
}

extension HTTPAPI {
    /// `channels`: the topics that somebody follows.
    func channels(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let pattern = try parameters[ChannelFields.pattern] ?? ""
        guard pattern.utf8.count <= ChannelFields.longestPattern else {
            throw .badRequest("pattern has at most \(ChannelFields.longestPattern) bytes")
        }
        let glob: Glob?
        do throws(Glob.Malformed) {
            glob = pattern.isEmpty ? nil : try Glob(pattern)
        } catch {
            throw .badRequest("pattern \(error.reason)")
        }
        let limit = try pageSize(parameters, most: limits.topics)
        let cursor = try parameters[APIFields.cursor].flatMap { $0.isEmpty ? nil : $0 }
        let page = await hub.followedTopics(after: cursor, limit: limit) { glob?.matches($0) ?? true }
        return .jsonObject {
            $0.field(
                "channels",
                json: .jsonObject { object in
                    for topic in page {
                        object.field(topic.name, json: .jsonObject { $0.field("num_clients", topic.sessionCount) })
                    }
                }
            )
            if page.count == limit, let last = page.last { $0.field("next_cursor", last.name) }
        }
    }
}
