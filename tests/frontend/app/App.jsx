import { Link, Route, Routes } from "react-router-dom";
import { Done } from "./Done.jsx";

export function App({ Router }) {
  return (
    <Router>
      <Link to="/about">About</Link>
      <Routes>
        <Route path="/kyc/done" element={<Done />} />
        <Route path="/about" element={<h1>About</h1>} />
        <Route path="*" element={<h1>Elsewhere</h1>} />
      </Routes>
    </Router>
  );
}
