import ChorusCore
import HTTPTypes
import JSONWire
import NIOCore

/// Why a request is not done, as the HTTP API says it: a code of Centrifugo's server API and a sentence.
struct APIError: Error {
    let code: Int
    let message: String
    /// The HTTP status that tells it, in the error mode `transport`.
    let status: HTTPResponse.Status
    /// It is told by the status in every mode: it is about the HTTP request, or proxies and clients are to see it.
    private(set) var isOfHTTP = false
    /// Nothing is wrong with the request, and it may be made again.
    private(set) var isTemporary = false
    /// What the server's log says, and the client is not told.
    private(set) var cause: String?

    private init(_ code: Int, _ message: String, _ status: HTTPResponse.Status) {
        self.code = code
        self.message = message
        self.status = status
    }

    static func badRequest(_ reason: String) -> APIError { APIError(107, "bad request: \(reason)", .badRequest) }

    static func notAvailable(_ reason: String) -> APIError { APIError(108, "not available: \(reason)", .badRequest) }

    static let unknownTopic = APIError(102, "unknown channel", .notFound)

    static let methodNotFound = APIError(104, "method not found", .notFound)

    private static let unexpected = APIError(100, "internal server error", .internalServerError)

    /// What is nobody's mistake but the server's.
    static func unexpected(_ cause: any Error) -> APIError {
        var error = APIError.unexpected
        error.cause = "\(cause)"
        return error
    }

    /// A command of a long list, of which nothing has been done.
    static let notDone = APIError(
        100,
        "not done: the commands before it took too long, or their answers too much room",
        .serviceUnavailable
    )

    // MARK: The request itself

    static func malformed(_ reason: String) -> APIError {
        var error = APIError.badRequest(reason)
        error.isOfHTTP = true
        return error
    }

    static func tooLarge(limit: Int) -> APIError {
        var error = APIError(107, "bad request: the body has at most \(limit) bytes", .contentTooLarge)
        error.isOfHTTP = true
        return error
    }

    static let unknownPath: APIError = {
        var error = APIError.methodNotFound
        error.isOfHTTP = true
        return error
    }()

    // MARK: What the hub says

    init(_ error: ChorusError) {
        switch error.code {
        case .invalidTopic, .messageTooLarge, .notEncodable: self = .badRequest(error.message)
        case .noHistory, .noPresence, .tooMany: self = .notAvailable(error.message)
        case .unrecoverablePosition:
            self.init(112, "unrecoverable position: \(error.message)", .rangeNotSatisfiable)
        case .overloaded:
            self.init(100, "overloaded: \(error.message)", .serviceUnavailable)
            isOfHTTP = true
            isTemporary = true
        default:
            self = .unexpected
            cause = error.description
        }
    }

    /// `{"code": …, "message": …}`
    var json: ByteBuffer {
        .jsonObject {
            $0.field("code", code)
            $0.field("message", message)
        }
    }

    /// The same within an object, as in the place of a result.
    var reply: ByteBuffer { .jsonObject { $0.field("error", json: json) } }

    static let schema = JSONSchema.object([
        .field("code", .integer(), "100 internal or overloaded, 102, 104, 107, 108 or 112."),
        .field("message", .string(), "What is wrong, in a sentence."),
    ])
}
