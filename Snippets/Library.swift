// What the library offers beside the loop over a client's texts.

import Chorus
import Foundation

let hub = Hub(
    configuration: .init(
        namespaces: [
            Namespace("ticker", overflow: .latest),
            Namespace("chat", history: .last(1000, for: .minutes(60)), presence: true),
            Namespace("prices", latest: Latest(keys: 500), publishers: .server),
            Namespace("orders", history: .last(100, for: .hours(24)), payload: .json),
        ]
    )
)
let server = BroadcastServer(configuration: .init(port: 8000), hub: hub)

// snippet.except
server.webSocket("/chat") { client in
    client.send("Welcome, \(client.id)")
    for await text in client.texts {
        server.broadcast(text, except: client)
    }
}
// snippet.end

// snippet.messages
server.webSocket("/upload") { client in
    for await message in client.messages {
        guard message.kind == .binary else {
            client.close(.unacceptableData, reason: "Binary messages only.")
            continue
        }
        client.send("\(message.payload.readableBytes) bytes received")
    }
    print("gone: \(await client.waitForClose())")
}
// snippet.end

// snippet.rooms
server.webSocket("/rooms/{room}") { client in
    let room = try server.hub.topic("chat:\(client.parameters.require("room"))")
    await room.join(client, from: .last(50))  // the past first, then what is published
    for await text in client.texts {
        try await room.publish(text)
    }
}
// snippet.end

// snippet.history
let chat = try hub.topic("chat:lobby")
// a repeat with the same key within five minutes is published once
if let position = try await chat.publish(Message("hello"), PublishOptions(idempotencyKey: "order-17")) {
    print("at \(position)")
    let page = try await hub.history(of: chat.name, since: position, limit: 10)
    print("\(page.messages.count) messages since then, now at \(page.position)")
}
// snippet.end

// snippet.centrifuge
server.centrifuge()
server.onRPC("add") { request in
    let numbers = try JSONDecoder().decode([Int].self, from: Data(request.text.utf8))
    return numbers.reduce(0, +)
}
// snippet.end

// snippet.callback
// No task per connection: the closure runs on the client's event loop and must not block.
server.onMessage("/relay") { client, message in
    server.broadcast(message, except: client)
}

server.onMessage("/rooms/{room}") { client, message in
    guard let room = try? hub.topic("room:\(client.parameters["room"] ?? "")") else { return }
    if !client.publish(message, to: room) { client.send("not published: \(message.text)") }
}
// snippet.end

// snippet.hooks
server.onConnect { request in
    guard request.header("Authorization") == "Bearer secret" else {
        throw Refusal(status: 401, "A token, please.")
    }
}

server.onDisconnect { session, reason in
    print("\(session) has gone: \(reason)")
}
// snippet.end

// snippet.questions
// Who a client is. `nil` is nobody in particular.
server.authenticate { request in
    request.header("X-User")
}

// Asked where clients choose topics: at /ws/{topic} of the stand-alone server, and at `relay(at:)`.
server.relay(at: "/topics/{topic}")

server.onSubscribe { request in
    // `request.data` is what clients of the Centrifuge protocol say with their command
    guard request.connection.user != nil else { throw Refusal(status: 401, "Only users.") }
    return .allowed(info: ["colour": "green"])
}

server.onPublish { request in
    guard !request.message.text.contains("spam") else { throw Refusal("No spam.") }
    return request.message
}
// snippet.end

// snippet.presence
// Clients of this endpoint get envelopes: messages with their positions, and notices of who is there, comes and goes.
server.webSocket("/halls/{hall}", format: .envelope) { client in
    let hall = try hub.topic("chat:\(client.parameters.require("hall"))")
    try await hall.join(client, from: .last(50), info: ["since": "today"])
    for await text in client.texts { try await hall.publish(text) }
}

let lobby = try hub.topic("chat:lobby")
print("\(try await lobby.presenceCount.users) users")
for member in try await lobby.presence {
    print(member.id, member.user ?? "somebody")
}
// snippet.end

// snippet.users
let count = await hub.send("Your order has left the house.", toUser: "ann")
if count == 0 { print("ann is not here") }
await hub.disconnect(user: "mallory", reason: "enough")
// snippet.end

// snippet.latest
// The newest price of every key first, then every price.
server.webSocket("/prices") { client in
    await (try hub.topic("prices:all")).join(client, from: .latest)
    for await _ in client.texts {}
}
// snippet.end

// snippet.publish
// From anywhere in the program, to everybody who follows the topic.
try await hub.publish("AAPL 230.10", to: TopicName("ticker:AAPL"))
try await hub.publish(Message("230.10", key: "AAPL"), to: TopicName("ticker:all"))
try await hub.publish(["AAPL": 230.10], to: TopicName("ticker:json"))  // any Encodable value, as JSON
// snippet.end

// snippet.publisher
// In the name of a client: envelopes say from whom it is.
server.webSocket("/signed/{room}", format: .envelope) { client in
    let room = try hub.topic("chat:\(client.parameters.require("room"))")
    await room.join(client)
    for await text in client.texts { try await room.publish(text, from: client) }
}
// snippet.end

// snippet.whileRunning
// Something that publishes by itself, from the server's start to its stop.
server.whileRunning {
    while true {
        try await Task.sleep(for: .seconds(1))
        try await hub.publish("\(Date.now)", to: TopicName("clock"))
    }
}
// snippet.end

// snippet.subscribe
// Without a socket.
let prices = hub.subscribe(to: try TopicName("ticker:AAPL"))
let task = Task {
    for try await message in prices { print(message.text) }
}
// snippet.end

// snippet.connections
print("\(hub.connections.count) connected")
for session in await hub.connections.list() {
    print(session.id, session.topics)
}
// snippet.end

try await server.run()
task.cancel()
