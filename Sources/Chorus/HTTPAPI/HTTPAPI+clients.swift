import ChorusCore
import JSONWire
import NIOCore

extension APIMethod {
    static let unsubscribe = APIMethod(
        name: "unsubscribe",
        summary: "Takes clients of a user out of a topic, or of all.",
        fields: [ClientFields.channel.required] + APIFields.selection
    ) { api, parameters throws(APIError) in try await api.unsubscribe(parameters) }

    static let disconnect = APIMethod(
        name: "disconnect",
        summary: "Ends the connections of a user.",
        fields: APIFields.selection + [ClientFields.disconnect.optional, ClientFields.whitelist.optional]
    ) { api, parameters throws(APIError) in try await api.disconnect(parameters) }
}

private enum ClientFields {
    static let channel = APIField<String>.string(
        "channel",
        pattern: #"^[^\u0000-\u001f\u007f-\u009f]{0,255}$"#,
        "The topic; empty for all that they follow."
    )
    static let whitelist = APIField<[String]>.strings("whitelist", "None of these clients, by their identifiers.")
    static let disconnect = APIField<APIParameters>.object(
        "disconnect",
        [code.optional, reason.optional],
        "What the clients are told."
    )
    static let code = APIField<UInt16>.number(
        "code",
        "The close code, 3000 to 4999. 0 for the default: 4503 on a plain WebSocket."
    )
    static let reason = APIField<String>.string("reason", "At most 123 bytes.")

    /// The most bytes of a reason (RFC 6455 section 5.5: 125 with the code).
    static let longestReason = 123
}

extension HTTPAPI {
    /// `unsubscribe`: takes clients of a user out of a topic, or of all.
    func unsubscribe(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        let selection = try selection(parameters)
        let name = try parameters.require(ClientFields.channel)
        let topic = name.isEmpty ? nil : try APIParameters.topic(name)
        if let selection { await hub.unsubscribe(selection, from: topic) }
        return HTTPAPI.nothing
    }

    /// `disconnect`: ends connections of a user.
    func disconnect(_ parameters: APIParameters) async throws(APIError) -> ByteBuffer {
        var selection = try selection(parameters)
        let kept = try parameters[ClientFields.whitelist] ?? []
        guard kept.count <= limits.listLength else {
            throw .badRequest("whitelist has more than \(limits.listLength) elements")
        }
        selection?.except = Set(kept.compactMap { SessionID($0) })
        let end = try parameters[ClientFields.disconnect]
        let code = try end?[ClientFields.code].flatMap { $0 == 0 ? nil : $0 }
        guard code.map({ (3000...4999).contains($0) }) ?? true else { throw .badRequest("code is 3000 to 4999") }
        let reason = try end?[ClientFields.reason] ?? ""
        guard reason.utf8.count <= ClientFields.longestReason else {
            throw .badRequest("reason has at most \(ClientFields.longestReason) bytes")
        }
        guard let selection else { return HTTPAPI.nothing }
        if end == nil || (code == nil && reason.isEmpty) {
            await hub.disconnect(selection)
        } else {
            await hub.disconnect(selection, code: code, reason: reason)
        }
        return HTTPAPI.nothing
    }

    /// Who is meant; `nil` for a client that there cannot be.
    func selection(_ parameters: APIParameters) throws(APIError) -> SessionSelection? {
        let user = try parameters.require(APIFields.user)
        try parameters.refuse("label_filter", "all_users")
        var selection = SessionSelection(user: user.isEmpty ? nil : user)
        // on a plain connection they are the same
        for field in [APIFields.client, APIFields.session] {
            guard let name = try parameters[field], !name.isEmpty else { continue }
            guard let id = SessionID(name), selection.session ?? id == id else { return nil }
            selection.session = id
        }
        return selection
    }
}
