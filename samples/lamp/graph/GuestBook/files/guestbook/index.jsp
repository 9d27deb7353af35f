<%@ page contentType="text/html; charset=UTF-8" import="java.sql.*" %><%!
	/** Text as it may stand in a page. */
	static String escape(String s) {
		return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
	}
%><%
	request.setCharacterEncoding("UTF-8");
	Class.forName("org.mariadb.jdbc.Driver");
	try (Connection db = DriverManager.getConnection(application.getInitParameter("database"))) {
		String words = request.getParameter("words");
		if ("POST".equals(request.getMethod()) && words != null && !words.isBlank()) {
			try (PreparedStatement insert = db.prepareStatement("INSERT INTO message (words) VALUES (?)")) {
				insert.setString(1, words.strip());
				insert.executeUpdate();
			}
			response.sendRedirect(request.getContextPath() + "/");
			return;
		}
%><!DOCTYPE html>
<html lang="en">
<head><meta charset="UTF-8"><title>Guest book</title></head>
<body>
	<h1>Guest book</h1>
	<form method="post">
		<input name="words" maxlength="200" autofocus> <button>Write</button>
	</form>
	<ul>
<%
		try (Statement list = db.createStatement();
				ResultSet rows = list.executeQuery("SELECT words FROM message ORDER BY id DESC LIMIT 50")) {
			while (rows.next()) {
%>		<li><%= escape(rows.getString(1)) %></li>
<%
			}
		}
	}
%>	</ul>
	<p>Served by <%= escape(application.getInitParameter("where")) %></p>
</body>
</html>
