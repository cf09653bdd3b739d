// The line for Swift on the server's first page, which a test compares with this one.

import ChorusClient

for try await event in TopicSubscription(to: "lobby", at: "http://127.0.0.1:8000") { print(event) }
