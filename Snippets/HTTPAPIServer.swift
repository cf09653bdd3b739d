// The HTTP API in a program's own server.

import Chorus
import Hummingbird

// snippet.api
let hub = Hub(configuration: .init(defaults: Namespace(history: .last(100), publishers: .server)))
let router = Router()
HTTPAPI(hub: hub, access: .keys(["a long secret"])).addRoutes(to: router)

let server = BroadcastServer(configuration: .init(port: 8000), hub: hub, router: router)
server.relay(at: "/ws/{topic}")
try await server.run()
// snippet.end
