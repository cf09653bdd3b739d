import ChorusCore
import HTTPTypes
import JSONWire
import NIOCore

/// Why a request is not done, as the HTTP API says it: a code of Centrifugo's server API and a sentence.
struct APIError: Error {
    let code: Int
    let message: String
    /// The HTTP status where errors are told by it: in the error mode `transport`.
    let status: HTTPResponse.Status
    /// Nothing is wrong with the request, and it may be made again. Told by status 503 in every mode.
    var isTemporary = false

    static func badRequest(_ reason: String) -> APIError {
        APIError(code: 107, message: "bad request: \(reason)", status: .badRequest)
    }

    /// A command of a long list, of which nothing has been done.
    static let notDone = APIError(
        code: 100,
        message: "not done: the commands before it took too long, or their answers too much room",
        status: .serviceUnavailable
    )

    static let methodNotFound = APIError(code: 104, message: "method not found", status: .notFound)

    private static func notAvailable(_ reason: String) -> APIError {
        APIError(code: 108, message: "not available: \(reason)", status: .badRequest)
    }

    private init(code: Int, message: String, status: HTTPResponse.Status) {
        self.code = code
        self.message = message
        self.status = status
    }

    init(_ error: ChorusError) {
        switch error.code {
        case .invalidTopic, .messageTooLarge, .notEncodable: self = .badRequest(error.message)
        case .noHistory, .noPresence, .tooMany: self = .notAvailable(error.message)
        case .unrecoverablePosition:
            self.init(
                code: 112,
                message: "unrecoverable position: \(error.message)",
                status: .rangeNotSatisfiable
            )
        case .overloaded:
            self.init(code: 100, message: "overloaded: \(error.message)", status: .serviceUnavailable)
            isTemporary = true
        default: self.init(code: 100, message: "internal server error", status: .internalServerError)
        }
    }

    /// `{"code": …, "message": …}`
    var json: ByteBuffer {
        .jsonObject {
            $0.field("code", code)
            $0.field("message", message)
        }
    }
}
