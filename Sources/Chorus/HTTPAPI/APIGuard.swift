import Crypto
import HTTPTypes
import Hummingbird
import Synchronization
import WebSocketWire

/// Lets in who may use the HTTP API.
final class APIGuard: Sendable {
    /// Why a request is not looked at: an HTTP status and a sentence.
    struct Refusal: Error {
        let status: HTTPResponse.Status
        let reason: String
    }

    /// Keys are compared by their digests, which takes the same time however much of them is right. `nil`: no key is
    /// asked for.
    private let digests: Mutex<[SHA256.Digest]?>

    init(_ access: HTTPAPI.Access) { digests = Mutex(APIGuard.digests(access)) }

    /// From now on these may use it.
    func set(_ access: HTTPAPI.Access) {
        let new = APIGuard.digests(access)
        digests.withLock { $0 = new }
    }

    private static func digests(_ access: HTTPAPI.Access) -> [SHA256.Digest]? {
        switch access {
        case .keys(let keys): keys.filter { !$0.isEmpty }.map(APIGuard.digest)
        case .local: nil
        }
    }

    func check(_ request: Request) throws(Refusal) {
        guard let digests = digests.withLock({ $0 }) else { return try checkLocal(request) }
        let given = APIGuard.key(of: request).map(APIGuard.digest)
        // all of them, so that the time does not tell which
        let isKnown = digests.reduce(false) { $1 == given || $0 }
        guard isKnown else { throw Refusal(status: .unauthorized, reason: "An API key is needed.") }
    }

    /// Nobody has a key, so no web page may get here: a browser says which site a page is from (`Origin`), a page cannot
    /// send JSON to another origin without being asked for by a preflight request, which is not answered, and a name
    /// that is made to lead to this machine is none of this machine (DNS rebinding).
    private func checkLocal(_ request: Request) throws(Refusal) {
        let host = request.head.authority ?? ""
        let isForwarded = HTTPField.Name.forwarding.contains { request.headers[$0] != nil }
        guard HostName.isLoopback(host), !isForwarded else {
            throw Refusal(status: .forbidden, reason: "Without an API key this is for this machine only.")
        }
        if let origin = request.headers[.origin], !OriginPolicy.isSame(origin, asHost: host) {
            throw Refusal(status: .forbidden, reason: "Pages of other origins may not do this.")
        }
        let type = request.headers[.contentType]?.split(separator: ";").first?.trimmingSpaces.lowercased()
        guard type == "application/json" else {
            throw Refusal(status: .unsupportedMediaType, reason: "Content-Type is to be application/json.")
        }
    }

    /// The header counts before the others (Centrifugo's order).
    private static func key(of request: Request) -> String? {
        if let key = request.headers[.apiKey], !key.isEmpty { return key }
        if let authorization = request.headers[.authorization] {
            let parts = authorization.split(separator: " ", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "apikey" { return String(parts[1].trimmingSpaces) }
        }
        return request.uri.queryParameters["api_key"].map(String.init)
    }

    private static func digest(_ key: some StringProtocol) -> SHA256.Digest { SHA256.hash(data: Array(key.utf8)) }
}

extension HTTPField.Name {
    // the names are tokens (RFC 9110 section 5.6.2)
    fileprivate static let apiKey = HTTPField.Name("X-API-Key")!
    /// What proxies add: whoever has sent it may be anywhere.
    fileprivate static let forwarding = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"]
        .map { HTTPField.Name($0)! }
    static let errorMode = HTTPField.Name("X-Centrifugo-Error-Mode")!
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
