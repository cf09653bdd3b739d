import AsyncHTTPClient
import JSONWire
import NIOCore
import NIOHTTP1

/// What the answer to a message that is published by HTTP means.
enum BenchAnswer {
    case accepted
    /// The server has too much to do.
    case refused(wait: TimeAmount)
    case failed(APIClient.Failure)

    /// Any status of success, unless the body is an object with an `error`, as Chorus and Centrifugo answer.
    init(_ result: Result<HTTPClient.Response, any Error>, at url: String) {
        let response: HTTPClient.Response
        switch result {
        case .success(let success): response = success
        case .failure(let error):
            self = .failed(APIClient.Failure(error: error, at: url))
            return
        }
        let body = response.body ?? ByteBuffer()
        switch response.status.code {
        case 200..<300:
            guard let error = (try? JSONValue(body))?["error"], error.kind == .object else {
                self = .accepted
                return
            }
            let code = error["code"]?.integer(Int.self) ?? 0
            let message = error["message"]?.string ?? "refused"
            if code == 100 {
                self = .refused(wait: .milliseconds(100))
            } else {
                let exit = code == 103 ? Exit.notPermitted : Exit.usage
                self = .failed(APIClient.Failure(message: "\(url) refuses what is published: \(message)", exit: exit))
            }
        case 429, 503:
            let seconds = response.headers.first(name: "Retry-After").flatMap { Int64($0) } ?? 0
            self = .refused(wait: seconds > 0 ? .seconds(min(seconds, 60)) : .milliseconds(100))
        case let status:
            self = .failed(APIClient.Failure(status: status, body: body, at: url))
        }
    }
}
