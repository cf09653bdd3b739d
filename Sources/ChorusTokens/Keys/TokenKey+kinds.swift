import Crypto
import JWTKit

extension TokenKey {
    /// The key of HS256, HS384 and HS512.
    ///
    /// HMAC fills a key up with zeros itself (RFC 2104 section 2), so a short one that is filled up here is the same
    /// key. jwt-kit wants none that is shorter than its digest.
    init(secret: String) async throws {
        var bytes = Array(secret.utf8)
        bytes += Array(repeating: 0, count: max(0, 64 - bytes.count))
        let key = HMACKey(from: bytes)
        algorithms = [
            .hs256: try await TokenKey.algorithm { $0.add(hmac: key, digestAlgorithm: .sha256) },
            .hs384: try await TokenKey.algorithm { $0.add(hmac: key, digestAlgorithm: .sha384) },
            .hs512: try await TokenKey.algorithm { $0.add(hmac: key, digestAlgorithm: .sha512) },
        ]
    }

    init(rsa key: some RSAKey, id: String? = nil) async throws {
        self.id = id
        algorithms = [
            .rs256: try await TokenKey.algorithm { $0.add(rsa: key, digestAlgorithm: .sha256) },
            .rs384: try await TokenKey.algorithm { $0.add(rsa: key, digestAlgorithm: .sha384) },
            .rs512: try await TokenKey.algorithm { $0.add(rsa: key, digestAlgorithm: .sha512) },
        ]
    }

    /// Its curve says for which algorithm it is.
    init(ecdsa key: some ECDSAKey, id: String? = nil) async throws {
        self.id = id
        let algorithm = try await TokenKey.algorithm { $0.add(ecdsa: key) }
        algorithms = TokenAlgorithm(rawValue: algorithm.name).map { [$0: algorithm] } ?? [:]
    }

    init(eddsa key: some EdDSAKey, id: String? = nil) async throws {
        self.id = id
        algorithms = [.edDSA: try await TokenKey.algorithm { $0.add(eddsa: key) }]
    }

    /// The same key for fewer algorithms.
    func limited(to names: [TokenAlgorithm]) -> TokenKey {
        TokenKey(id: id, algorithms: algorithms.filter { names.contains($0.key) })
    }
}
