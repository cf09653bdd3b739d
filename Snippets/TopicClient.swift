// A topic, followed from another program.

import ChorusClient

// snippet.follow
let news = TopicSubscription(to: "news", at: "http://127.0.0.1:8000", from: .last(10))

for try await event in news {
    switch event {
    case .message(let message): print(message.text)
    case .gap: print("something was missed that is not kept any more")
    case .disconnected(let error, let wait): print("\(error); next attempt in \(wait)")
    case .subscribed, .notice: break
    }
}
// snippet.end
