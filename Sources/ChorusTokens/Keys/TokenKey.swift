import JWTKit

/// A key, and the algorithms that it is for. Which these are follows from what kind of key it is, and never from a
/// token: the header of one can choose among them, but cannot make a public RSA key an HMAC secret.
struct TokenKey: Sendable {
    /// Its name (`kid`), where there are several.
    var id: String?
    let algorithms: [TokenAlgorithm: any JWTAlgorithm]

    /// jwt-kit hands out its algorithms only through a collection, which is an actor. It is asked once, so that
    /// checking a signature later takes no turn on one.
    static func algorithm(
        _ add: @Sendable (isolated JWTKeyCollection) -> Void
    ) async throws -> any JWTAlgorithm {
        let collection = JWTKeyCollection()
        await add(collection)
        return try await collection.getKey()
    }
}
