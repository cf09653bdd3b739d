import ChorusCore
import NIOCore

extension APIMethod {
    static let revokeToken = APIMethod(
        name: "revoke_token",
        summary: "A token is not accepted any more. Who is connected with it already stays.",
        fields: [TokenFields.id.required, APIFields.expireAt.optional]
    ) { api, parameters throws(APIError) in try api.revokeToken(parameters) }

    static let invalidateUserTokens = APIMethod(
        name: "invalidate_user_tokens",
        summary: "Tokens of a user that were made before a time are not accepted any more. Who is connected stays.",
        fields: [
            TokenFields.user.required, TokenFields.issuedBefore.optional, TokenFields.channel.optional,
            APIFields.expireAt.optional,
        ]
    ) { api, parameters throws(APIError) in try api.invalidateUserTokens(parameters) }
}

private enum TokenFields {
    static let id = APIField<String>.string("uid", pattern: ".", longest: 255, "The token's identifier (`jti`).")
    static let user = APIField<String>.string("user", pattern: ".", longest: 255, "Whose.")
    static let issuedBefore = APIField<Int64>.number("issued_before", "In seconds since 1970. Default now.")
    static let channel = APIField<String>.string("channel", longest: 255, "Only those that give this topic.")
}

extension HTTPAPI {
    /// `revoke_token`: one token, by its identifier.
    func revokeToken(_ parameters: APIParameters) throws(APIError) -> ByteBuffer {
        let id = try parameters.require(TokenFields.id)
        guard 1...limits.keyLength ~= id.utf8.count else {
            throw .badRequest("uid has 1 to \(limits.keyLength) bytes")
        }
        let end = try time(parameters)
        return try revoke { revocations throws(ChorusError) in try revocations.revoke(token: id, until: end) }
    }

    /// `invalidate_user_tokens`: those of a user that were made before a time.
    func invalidateUserTokens(_ parameters: APIParameters) throws(APIError) -> ByteBuffer {
        let user = try parameters.require(TokenFields.user)
        guard 1...limits.keyLength ~= user.utf8.count else {
            throw .badRequest("user has 1 to \(limits.keyLength) bytes")
        }
        let time = try parameters[TokenFields.issuedBefore].flatMap { $0 > 0 ? $0 : nil }
        let name = try parameters[TokenFields.channel].flatMap { $0.isEmpty ? nil : $0 }
        let topic = try name.map { name throws(APIError) in try APIParameters.topic(name).description }
        let end = try self.time(parameters)
        return try revoke { revocations throws(ChorusError) in
            try revocations.revoke(user: user, issuedBefore: time, topic: topic, until: end)
        }
    }

    private func revoke(_ body: (Revocations) throws(ChorusError) -> Void) throws(APIError) -> ByteBuffer {
        guard let revocations else { throw .notAvailable("this server takes no tokens") }
        do throws(ChorusError) {
            try body(revocations)
        } catch {
            throw APIError(error)
        }
        return HTTPAPI.nothing
    }
}
